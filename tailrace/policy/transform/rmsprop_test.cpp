#include "tailrace/policy/transform/rmsprop.hpp"

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

TEST(RmsProp, DividesByTheRunningRootMeanSquare) {
  auto rmsprop = prepared(RmsProp{.beta = 0.75}, 1);

  EXPECT_THAT(applied(rmsprop, {2}), ElementsAre(FloatEq(2)));           // v = 1
  EXPECT_THAT(applied(rmsprop, {2}), ElementsAre(FloatEq(1.5118579F)));  // 2 / sqrt(1.75)
}

TEST(RmsProp, StepsByTheSignFirstWithBiasCorrection) {
  auto rmsprop = prepared(RmsProp{.beta = 0.75, .bias_correction = true}, 2);

  EXPECT_THAT(applied(rmsprop, {2, -5}), ElementsAre(FloatEq(1), FloatEq(-1)));
}

}  // namespace
}  // namespace tailrace::policy
