#include "tailrace/problem/regularizer.hpp"

#include <gtest/gtest.h>

namespace tailrace::problem {
namespace {

TEST(L2, IsHalfTheStrengthTimesTheSquare) {
  const L2 l2{.strength = 0.5};

  EXPECT_EQ(l2.value(3), 2.25);
  EXPECT_EQ(l2.derivative(3), 1.5);
}

TEST(Nonconvex, IsTheStrengthTimesXSquaredOverOnePlusXSquared) {
  const Nonconvex nonconvex{.strength = 0.5};

  EXPECT_EQ(nonconvex.value(0), 0);
  EXPECT_EQ(nonconvex.value(1), 0.25);
  EXPECT_DOUBLE_EQ(nonconvex.value(-3), 0.45);        // 0.5 * 9 / 10
  EXPECT_EQ(nonconvex.derivative(1), 0.25);           // 2 * 0.5 * 1 / 4
  EXPECT_DOUBLE_EQ(nonconvex.derivative(-3), -0.03);  // 2 * 0.5 * -3 / 100
}

TEST(Nonconvex, LevelsOffWhereTheSquareOverflows) {
  const Nonconvex nonconvex{.strength = 0.5};

  EXPECT_EQ(nonconvex.value(1e200), 0.5);
  EXPECT_EQ(nonconvex.derivative(1e200), 0);
}

}  // namespace
}  // namespace tailrace::problem
