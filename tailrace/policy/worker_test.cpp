#include "tailrace/policy/worker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tailrace/policy/hand_run_test.hpp"
#include "tailrace/policy/transform/biclip.hpp"
#include "tailrace/policy/transform/clip_norm.hpp"
#include "tailrace/policy/transform/momentum.hpp"

namespace tailrace::policy {
namespace {

using ::testing::ElementsAre;
using testing::Parabolas;
using Values = std::vector<Real>;

/// The update of worker 1, whose center is 2, from the model x.
Values update_from(Real x, const Local& local, Version version = 0) {
  const Parabolas problem({0, 2});
  Worker worker(problem, local, JobKeys(1));
  Update update;
  worker.run({.worker = 1, .version = version, .model = {&x, 1}}, update);
  return update.values();
}

TEST(Worker, SendsTheGradientOfItsOwnPart) { EXPECT_THAT(update_from(10, {}), ElementsAre(8)); }

TEST(Worker, SendsStartMinusEndOfItsLocalSteps) {
  const Local local{.steps = 3, .step_size = ConstantStep{.value = 0.5}};

  // 10 -> 6 -> 4 -> 3
  EXPECT_THAT(update_from(10, local), ElementsAre(7));
}

TEST(Worker, ClipsEveryLocalGradient) {
  const Local local{.steps = 3, .step_size = ConstantStep{.value = 0.5}, .each = {ClipNorm{3}}};

  // 6 -> 4.5 (gradient 4 cut to 3) -> 3.25 (2.5) -> 2.625 (1.25)
  EXPECT_THAT(update_from(6, local), ElementsAre(3.375));
}

TEST(Worker, SendsExactlyStepSizeTimesTheClippedGradientForOneStep) {
  const Local local{.step_size = ConstantStep{.value = 0.1}, .each = {ClipNorm{3}}};
  const auto scale = static_cast<Real>(0.1 * (3.0 / 99'999'998.0));

  EXPECT_THAT(update_from(1e8F, local), ElementsAre(scale * (1e8F - 2)));
}

TEST(Worker, LosesNoDigitsOfSmallStepsFromALargeModel) {
  const Local local{.step_size = ConstantStep{.value = 1e-9}};

  // The model itself cannot move by 1e-9 * 1e8 = 0.1: floats at 1e8 are 8 apart.
  EXPECT_THAT(update_from(1e8F, local), ElementsAre(::testing::FloatEq(0.1F)));
}

TEST(Worker, BeginsEveryJobWithAFreshChain) {
  const Local local{.steps = 2, .step_size = ConstantStep{.value = 0.5}, .each = {Momentum{0.5}}};
  const Parabolas problem({2});
  Worker worker(problem, local, JobKeys(1));
  const Real x = 10;
  Update first;
  Update second;

  worker.run({.number = 0, .model = {&x, 1}}, first);
  worker.run({.number = 1, .model = {&x, 1}}, second);

  EXPECT_THAT(first.values(), ElementsAre(8));  // 8/2, then (4 + 8/2)/2
  EXPECT_EQ(second.values(), first.values());
}

TEST(Worker, CountsSchedulesInServerSteps) {
  const Local local{.steps = 2,
                    .step_size = PolynomialStep{.value = 1, .exponent = -1},
                    .each = {BiClip{.lower = 1, .upper = 1, .lower_power = 1, .upper_power = 1}}};

  // Version 3 is step 4: step size 1/4, and every gradient becomes +4.
  EXPECT_THAT(update_from(10, local, 3), ElementsAre(2));
}

}  // namespace
}  // namespace tailrace::policy
