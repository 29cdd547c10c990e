#include "tailrace/policy/transform/normalize.hpp"

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

TEST(Normalize, DividesByTheNorm) {
  Normalize normalize;

  EXPECT_THAT(applied(normalize, {0, -8}), ElementsAre(0, -1));
  EXPECT_THAT(applied(normalize, {3, 4}), ElementsAre(FloatEq(0.6F), FloatEq(0.8F)));
}

TEST(Normalize, AddsEpsilonToTheNorm) {
  Normalize normalize{.epsilon = 3};

  EXPECT_THAT(applied(normalize, {3, -4}), ElementsAre(0.375, -0.5));  // 5 + 3
}

TEST(Normalize, LeavesZeroZero) {
  Normalize normalize;

  EXPECT_THAT(applied(normalize, {0, 0}), ElementsAre(0, 0));
}

}  // namespace
}  // namespace tailrace::policy
