#include "tailrace/engine/recorded_times.hpp"

#include <gmock/gmock.h>

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/policy/assign/uniform.hpp"

namespace tailrace::engine {
namespace {

using ::testing::ElementsAre;

void arrive(RecordedTimes& times, WorkerId worker, JobNumber job, Time now,
            std::uint32_t steps = 1) {
  policy::Update update;
  times.arrived({.worker = worker, .job = job, .steps = steps}, update, now);
}

TEST(RecordedTimes, LeaveOutWhatAJobWaitedBehindAnother) {
  RecordedTimes times(1);
  times.started(0, 0, 0, {0});
  times.started(0, 1, 0, {0});

  arrive(times, 0, 0, {10});
  arrive(times, 0, 1, {13});
  times.started(0, 2, 0, {20});
  arrive(times, 0, 2, {28}, 4);

  EXPECT_THAT(times.times(), ElementsAre(ElementsAre(Time{10}, Time{3}, Time{2})));
}

TEST(RecordedTimes, LeaveOutCanceledJobsUnlessThereIsNothingElse) {
  RecordedTimes times(3);
  for (const WorkerId worker : {0U, 1U}) times.started(worker, 0, 0, {0});
  times.canceled(0, 0, {5});
  times.canceled(1, 0, {5});
  times.started(0, 1, 0, {5});
  arrive(times, 0, 1, {12});

  EXPECT_THAT(times.times(),
              ElementsAre(ElementsAre(Time{7}), ElementsAre(Time{5}), ElementsAre(Time{5})));
  EXPECT_EQ(times.canceled_jobs(), 2U);
  EXPECT_EQ(times.guessed_workers(), 2U);
}

TEST(TimesAgain, BeginAnewAfterTheLast) {
  TimesAgain timing(std::vector<std::vector<Time>>{{{3}, {5}}});

  EXPECT_EQ(timing.schedule({.job = 1, .given = {10}}).arrival, Time{15});
  EXPECT_EQ(timing.schedule({.job = 2, .given = {10}, .free = {20}}).arrival, Time{23});
  EXPECT_EQ(timing.schedule({.job = 3, .steps = 4, .given = {10}}).arrival, Time{30});
}

/// The clock of a run, taken from the run, makes the same run.
TEST(TimesAgain, GiveTheRunThatTheyWereTakenFrom) {
  const testing::Toy toy({.workers = 3, .dimension = 5, .noise = 1});
  const policy::Method method{.next = {.who = policy::Uniform{}, .in_flight = 6},
                              .step_size = policy::ConstantStep{.value = 0.1}};
  RecordedTimes times(3);
  const RunOptions options{.stop = {.steps = 200}, .observer = &times};
  const auto recorded = simulate(toy, method, *testing::fixed_timing({1, 1.3, 2.1}), options);

  TimesAgain again(times.times());
  const auto repeated = simulate(toy, method, again, {.stop = {.steps = 200}});

  ASSERT_TRUE(recorded && repeated);
  EXPECT_EQ(repeated->model_hash, recorded->model_hash);
  EXPECT_EQ(repeated->time, recorded->time);
}

}  // namespace
}  // namespace tailrace::engine
