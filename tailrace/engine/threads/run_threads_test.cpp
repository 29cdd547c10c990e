#include "tailrace/engine/threads/run_threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/replay.hpp"
#include "tailrace/policy/assign/uniform.hpp"

namespace tailrace::engine {
namespace {

using testing::AskTiming;
using ::testing::Each;
using testing::InterruptAt;
using testing::stateful_method;
using testing::TemporaryFolder;
using testing::Toy;

constexpr std::int64_t microsecond = 1000;

/// Every job of worker i takes 50 us + 40 us * i, and 30 us more on its way.
AskTiming some_delay() {
  return AskTiming([](const delay::JobTiming& job) -> delay::JobSpan {
    const Time start = std::max(job.given, job.free);
    const Time end = start + Time{(50 + 40 * std::int64_t{job.worker}) * microsecond};
    return {start, end, end + Time{30 * microsecond}};
  });
}

policy::Method barrier_method() {
  return {.combine = policy::Barrier{},
          .then = {policy::Momentum{.beta = 0.9}},
          .next = {.when = policy::When::after_step},
          .step_size = policy::ConstantStep{.value = 0.1}};
}

policy::Method random_method() {
  return {.next = {.who = policy::Uniform{}, .in_flight = 12},
          .step_size = policy::ConstantStep{.value = 0.02}};
}

RunResult run(const problem::Problem& problem, const policy::Method& method, delay::Timing* timing,
              const RunOptions& options) {
  Result<RunResult> result = run_threads(problem, method, timing, options);
  EXPECT_TRUE(result) << (result ? "" : to_string(result.error()));
  return result.value_or(RunResult{});
}

class ThreadsTest : public ::testing::Test {
 protected:
  RunLogWriter log() const { return std::move(*RunLogWriter::open(folder_.file("log"), 9, true)); }
  RunResult replayed(const policy::Method& method) const {
    return *replay(toy_, method, *read_run_log(folder_.file("log")), {});
  }

  TemporaryFolder folder_;
  const Toy toy_{{.workers = 8, .dimension = 20, .noise = 1, .cost = std::chrono::microseconds(5)}};
};

TEST_F(ThreadsTest, ARecordedRunIsReplayedToTheSameBits) {
  AskTiming delayed = some_delay();
  for (const policy::Method& method : {stateful_method(), barrier_method(), random_method()}) {
    for (delay::Timing* timing :
         {static_cast<delay::Timing*>(nullptr), static_cast<delay::Timing*>(&delayed)}) {
      std::filesystem::remove(folder_.file("log"));
      RunLogWriter writer = log();

      const RunResult recorded =
          run(toy_, method, timing, {.stop = {.steps = 150}, .threads = 4, .log = &writer});

      const RunResult again = replayed(method);
      EXPECT_EQ(recorded.ending, Ending::steps);
      EXPECT_EQ(again.model_hash, recorded.model_hash);
      EXPECT_EQ(again.steps, recorded.steps);
      EXPECT_EQ(again.gradients, recorded.gradients);
      EXPECT_EQ(again.counts.staleness_sum, recorded.counts.staleness_sum);
      EXPECT_EQ(again.time, recorded.time);
    }
  }
}

TEST_F(ThreadsTest, WithABarrierTheBitsAreThoseOfVirtualTime) {
  const RunOptions options{.stop = {.steps = 50}, .evaluate = {.every_steps = 10}, .threads = 4};

  const RunResult real = run(toy_, barrier_method(), nullptr, options);
  AskTiming timing = some_delay();
  const RunResult simulated = *simulate(toy_, barrier_method(), timing, options);

  EXPECT_EQ(real.model_hash, simulated.model_hash);
}

TEST_F(ThreadsTest, OneThreadServesAllWorkers) {
  const RunResult result =
      run(toy_, random_method(), nullptr, {.stop = {.steps = 100}, .threads = 1});

  EXPECT_EQ(result.steps, 100U);
  EXPECT_EQ(result.concurrency_max, 12U);
  EXPECT_EQ(result.concurrency_mean, 12);
}

/// Looks for jobs out of order, time that stands still, and updates before their time.
class Order final : public Observer {
 public:
  void started(WorkerId worker, JobNumber job, Version /*version*/, Time now) override {
    given[{worker, job}] = now;
  }
  void arrived(const policy::Arrived& arrived, policy::Update& /*update*/, Time now) override {
    in_order &= arrived.job == next[arrived.worker]++;
    time_moves &= now > last;
    shortest = std::min(shortest, now - given[{arrived.worker, arrived.job}]);
    last = now;
  }
  std::map<std::pair<WorkerId, JobNumber>, Time> given;
  std::map<WorkerId, JobNumber> next;
  bool in_order = true;
  bool time_moves = true;
  Time last;
  Time shortest = Time::never();
};

TEST_F(ThreadsTest, AWorkersJobsLandFirstInFirstOutAndTimeMovesOn) {
  for (const bool delayed : {false, true}) {
    Order order;
    AskTiming timing = some_delay();

    run(toy_, random_method(), delayed ? &timing : nullptr,
        {.stop = {.steps = 300}, .threads = 4, .observer = &order});

    EXPECT_TRUE(order.in_order);
    EXPECT_TRUE(order.time_moves);
    if (delayed) {  // worker 0, nothing queued
      EXPECT_GE(order.shortest, Time{80 * microsecond});
    }
  }
}

TEST_F(ThreadsTest, AnInterruptedRunGoesOnAndItsWholeLogIsReplayed) {
  AskTiming timing = some_delay();
  RunOptions options{.stop = {.steps = 200},
                     .threads = 4,
                     .checkpoint = {.path = folder_.file("checkpoint"), .resume = true}};
  for (const Version stop : {20U, 21U, 90U}) {
    RunLogWriter part = log();
    InterruptAt observer(stop);
    options.log = &part;
    options.observer = &observer;
    options.interrupt = &observer.flag;
    ASSERT_EQ(run(toy_, stateful_method(), &timing, options).ending, Ending::interrupted);
  }
  RunLogWriter part = log();
  options.log = &part;
  options.observer = nullptr;
  options.interrupt = nullptr;
  const RunResult result = run(toy_, stateful_method(), &timing, options);

  const RunResult again = replayed(stateful_method());
  EXPECT_EQ(result.steps, 200U);
  EXPECT_EQ(again.model_hash, result.model_hash);
  EXPECT_EQ(again.steps, result.steps);
  EXPECT_EQ(again.counts.arrivals, result.counts.arrivals);
}

TEST_F(ThreadsTest, EndsWithTheClock) {
  const RunResult result = run(toy_, random_method(), nullptr,
                               {.stop = {.time = Time{20'000 * microsecond}}, .threads = 2});

  EXPECT_EQ(result.ending, Ending::time);
  EXPECT_GE(result.time, Time{20'000 * microsecond});
}

/// Asks for the end after so many evaluations.
class InterruptAtSample final : public Observer {
 public:
  explicit InterruptAtSample(int count) : count_(count) {}
  void evaluated(const Sample& /*sample*/) override {
    if (--count_ == 0) flag = true;
  }
  std::atomic<bool> flag = false;

 private:
  int count_;
};

TEST_F(ThreadsTest, EvaluatesByTheClock) {
  InterruptAtSample observer(4);  // the beginning and three moments of the clock

  const RunResult result = run(toy_, random_method(), nullptr,
                               {.evaluate = {.every = Time{1'000 * microsecond}},
                                .threads = 2,
                                .observer = &observer,
                                .interrupt = &observer.flag});

  EXPECT_EQ(result.ending, Ending::interrupted);
  ASSERT_GE(result.samples.size(), 4U);
  for (int moment = 1; moment <= 3; ++moment) {
    EXPECT_GE(result.samples[moment].time, Time{moment * 1'000 * microsecond});
    EXPECT_LT(result.samples[moment - 1].time, result.samples[moment].time);
  }
}

TEST_F(ThreadsTest, EndsIdleWhenNoUpdateWillEverArrive) {
  AskTiming timing([](const delay::JobTiming& job) -> delay::JobSpan {
    return {job.given, job.given, job.job < 3 ? job.given : Time::never()};
  });
  const policy::Method pure{.step_size = policy::ConstantStep{.value = 0.1}};

  const RunResult result = run(toy_, pure, &timing, {.stop = {.steps = 1000}, .threads = 4});

  EXPECT_EQ(result.ending, Ending::idle);
  EXPECT_EQ(result.steps, 24U);  // 8 workers, 3 jobs each
}

TEST_F(ThreadsTest, CallsDivergenceAResult) {
  const policy::Method wild{.step_size = policy::ConstantStep{.value = 1e30}};

  const RunResult result = run(toy_, wild, nullptr, {.stop = {.steps = 1000}, .threads = 4});

  EXPECT_EQ(result.ending, Ending::diverged);
  EXPECT_LT(result.steps, 1000U);
}

TEST_F(ThreadsTest, SaysThatALogCannotBeWritten) {
  RunLogWriter writer = std::move(*RunLogWriter::open("/dev/full", 9, false));

  const Result<RunResult> result =
      run_threads(toy_, random_method(), nullptr, {.stop = {.steps = 5}, .log = &writer});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().front().code, "engine/run-log");
}

TEST_F(ThreadsTest, SaysHowMuchOfTheTimeEachWorkerComputed) {
  const RunResult result =
      run(toy_, random_method(), nullptr, {.stop = {.steps = 200}, .threads = 2});

  ASSERT_EQ(result.utilization.size(), 8U);
  EXPECT_THAT(result.utilization, Each(::testing::AllOf(::testing::Gt(0), ::testing::Le(1))));
}

TEST(RunThreads, SharesTheStepsOfALargeModelAndReplaysToTheSameBits) {
  const testing::TemporaryFolder folder;
  const Toy problem({.workers = 3, .dimension = 3 * 65536 + 7, .noise = 0.5});
  const policy::Method method = testing::stateful_method();
  RunOptions options;
  options.stop.steps = 12;
  options.threads = 3;
  auto log = RunLogWriter::open(folder.file("log"), 1, false);
  options.log = &*log;

  const Result<RunResult> recorded = run_threads(problem, method, nullptr, options);
  const Result<RunResult> replayed = replay(problem, method, *read_run_log(folder.file("log")), {});

  ASSERT_TRUE(recorded && replayed);
  EXPECT_EQ(recorded->steps, 12U);
  EXPECT_EQ(recorded->model_hash, replayed->model_hash);
}

}  // namespace
}  // namespace tailrace::engine
