#include "tailrace/policy/check_method.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tailrace/policy/combine/buffer.hpp"
#include "tailrace/policy/servers/cycling.hpp"
#include "tailrace/policy/transform/biclip.hpp"
#include "tailrace/policy/transform/clip_norm.hpp"
#include "tailrace/policy/transform/clip_quantile.hpp"
#include "tailrace/policy/transform/compensate_delay.hpp"
#include "tailrace/policy/transform/mix_in.hpp"
#include "tailrace/policy/transform/muon.hpp"
#include "tailrace/policy/transform/top_k.hpp"

namespace tailrace::policy {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

/// An error with this code that blames this part.
auto error(const std::string& code, const std::string& where) {
  return AllOf(Field("code", &Error::code, code), Field("where", &Error::where, where),
               Field("fix", &Error::fix, ::testing::Not(IsEmpty())));
}

TEST(CheckMethod, FindsNothingWrongWithTheDefault) {
  EXPECT_THAT(check({}, 1), IsEmpty());
  EXPECT_THAT(check({}, 16), IsEmpty());
}

TEST(CheckMethod, SaysWhenAStepTakesMoreUpdatesThanCanBeInFlight) {
  Method method{.combine = Buffer{.size = 5}, .next = {.when = When::after_step}};

  EXPECT_THAT(check(method, 5), IsEmpty());
  const Errors errors = check(method, 4);

  ASSERT_THAT(errors, ElementsAre(error("method/waits-forever", "combine")));
  EXPECT_EQ(errors[0].what,
            "a step takes 5 updates, but only 4 can be in flight, and nobody is given a new job "
            "before the step");
}

TEST(CheckMethod, AllowsALargeBufferWhenNobodyWaits) {
  EXPECT_THAT(check({.combine = Buffer{.size = 5}}, 4), IsEmpty());
}

TEST(CheckMethod, CountsJobsInFlightNotWorkers) {
  Method method{.combine = Barrier{}, .next = {.when = When::after_step, .in_flight = 3}};

  EXPECT_THAT(check(method, 4), ElementsAre(error("method/waits-forever", "combine")));
  EXPECT_THAT(check(method, 3), IsEmpty());
  EXPECT_THAT(check(method, 2), IsEmpty());  // the third job queues
}

TEST(CheckMethod, RefusesABufferOfNothing) {
  EXPECT_THAT(check({.combine = Buffer{.size = 0}}, 4),
              ElementsAre(error("method/step-of-nothing", "combine")));
}

TEST(CheckMethod, RefusesJobsWithoutSteps) {
  const Method method{.local = {.steps = 0, .step_size = ConstantStep{}}};

  EXPECT_THAT(check(method, 4), ElementsAre(error("method/no-local-steps", "local.steps")));
}

TEST(CheckMethod, RefusesLocalStepsWithoutAStepSize) {
  const Method steps{.local = {.steps = 3}};
  const Method chain{.local = {.each = {ClipNorm{}}}};

  EXPECT_THAT(check(steps, 4), ElementsAre(error("method/no-local-step-size", "local.step_size")));
  EXPECT_THAT(check(chain, 4), ElementsAre(error("method/no-local-step-size", "local.step_size")));
}

TEST(CheckMethod, WantsPartsThatNeedTheStartInEach) {
  const Method method{.local = {.step_size = ConstantStep{}, .each = {MixIn{}}},
                      .each = {MixIn{}},
                      .then = {ClipNorm{}, CompensateDelay{}}};

  EXPECT_THAT(check(method, 4), ElementsAre(error("method/needs-start", "local.each[0]"),
                                            error("method/needs-start", "then[1]")));
}

TEST(CheckMethod, ChecksTheRangeOfEveryOption) {
  const Method method{.local = {.step_size = ConstantStep{.value = 0}},
                      .each = {ClipNorm{.threshold = -1}},
                      .then = {ClipNorm{}, ClipNorm{.threshold = 0}},
                      .step_size = ConstantStep{.value = -1}};

  EXPECT_THAT(check(method, 4), ElementsAre(error("spec/out-of-range", "local.step_size.value"),
                                            error("spec/out-of-range", "each[0].threshold"),
                                            error("spec/out-of-range", "then[1].threshold"),
                                            error("spec/out-of-range", "step_size.value")));
}

TEST(CheckSliceable, NamesEveryPartThatLooksAtWholeVectors) {
  // Workers run the first `send`; that of the second has to know the step, which they do not.
  const Method fine{.send = {Muon{}}, .each = {ClipNorm{}}, .then = {ClipQuantile{}}};
  const Method method{.send = {BiClip{}, Muon{}},
                      .each = {ClipNorm{}, ClipQuantile{.per_layer = true}},
                      .then = {Muon{}}};

  EXPECT_THAT(check_sliceable(fine), ElementsAre());
  EXPECT_THAT(check_sliceable(method), ElementsAre(error("cluster/not-sliceable", "send[1]"),
                                                   error("cluster/not-sliceable", "each[1]"),
                                                   error("cluster/not-sliceable", "then[0]")));
}

TEST(CheckSliceable, KnowsThatServersOfTheirOwnRunSendThemselves) {
  const Method method{.send = {TopK{}}, .server = Cycling{}};

  EXPECT_THAT(check_sliceable(method), ElementsAre(error("cluster/not-sliceable", "send[0]")));
}

TEST(CheckMethod, NeedsSomebodyToWork) {
  EXPECT_THAT(check({}, 0), ElementsAre(error("method/no-workers", "workers")));
}

}  // namespace
}  // namespace tailrace::policy
