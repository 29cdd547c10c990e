#include "tailrace/policy/schedule.hpp"

#include <gtest/gtest.h>

#include "tailrace/core/field_range.hpp"

namespace tailrace::policy {
namespace {

TEST(Schedule, ConstantStaysTheSame) {
  EXPECT_EQ(step_size_at(ConstantStep{.value = 0.5}, 1), 0.5);
  EXPECT_EQ(step_size_at(ConstantStep{.value = 0.5}, 1'000'000), 0.5);
}

TEST(Schedule, InverseSqrtHasHalvedAfterThreePeriods) {
  const Schedule schedule = InverseSqrtStep{.value = 1, .period = 10};

  EXPECT_EQ(step_size_at(schedule, 1), 1);
  EXPECT_EQ(step_size_at(schedule, 31), 0.5);  // 1 / sqrt(1 + 30/10)
}

TEST(Schedule, PolynomialIsAPowerOfTheStep) {
  const Schedule schedule = PolynomialStep{.value = 8, .exponent = -0.5};

  EXPECT_EQ(step_size_at(schedule, 1), 8);
  EXPECT_EQ(step_size_at(schedule, 4), 4);
}

TEST(Schedule, CosineFallsToItsEndAndStaysThere) {
  const Schedule schedule = CosineStep{.value = 3, .end = 1, .steps = 4};

  EXPECT_DOUBLE_EQ(step_size_at(schedule, 2), 2);  // half way
  EXPECT_DOUBLE_EQ(step_size_at(schedule, 4), 1);
  EXPECT_DOUBLE_EQ(step_size_at(schedule, 1000), 1);
}

TEST(Schedule, WarmsUpLinearlyThenGoesItsWay) {
  const Schedule schedule = PolynomialStep{.value = 8, .exponent = -0.5, .warm_up = 4};

  EXPECT_EQ(step_size_at(schedule, 1), 2);  // 8 * 1/4
  EXPECT_EQ(step_size_at(schedule, 4), 4);  // 8 / sqrt(4)
  EXPECT_EQ(step_size_at(schedule, 16), 2);
}

TEST(Schedule, RefusesAStepSizeThatIsZeroOrNotFinite) {
  for (const double value : {0.0, -1.0, infinity, std::nan("")}) {
    EXPECT_FALSE(check_ranges(ConstantStep{.value = value}, "step_size")) << value;
  }
  EXPECT_TRUE(check_ranges(ConstantStep{.value = 1e-300}, "step_size"));
}

}  // namespace
}  // namespace tailrace::policy
