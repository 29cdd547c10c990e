#include "tailrace/engine/sim/simulate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/replay.hpp"
#include "tailrace/policy/assign/uniform.hpp"

namespace tailrace::engine {
namespace {

using testing::AskTiming;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using testing::fixed_timing;
using testing::InterruptAt;
using testing::rows;
using testing::stateful_method;
using testing::TemporaryFolder;
using testing::Toy;

constexpr std::int64_t second = 1'000'000'000;

policy::Method sgd_of(double step_size) {
  return {.step_size = policy::ConstantStep{.value = step_size}};
}

/// Delays that vary, with outages: every part of a clock that keeps state.
std::unique_ptr<delay::Timing> stateful_timing(WorkerId workers) {
  return std::move(
      *delay::build_timing({.count = workers,
                            .speed = delay::LinearSpeeds{},
                            .delay = delay::Lognormal{},
                            .network = delay::Network{.both = {.latency = {second / 10}}},
                            .outage = delay::Outage{}},
                           {.seed = 5}));
}

RunResult run(const problem::Problem& problem, const policy::Method& method, delay::Timing& timing,
              const RunOptions& options) {
  Result<RunResult> result = simulate(problem, method, timing, options);
  EXPECT_TRUE(result) << (result ? "" : to_string(result.error()));
  return result.value_or(RunResult{});
}

TEST(Simulate, TakesTheStepsThatAHandFinds) {
  // Worker 0 takes 2 s and pulls to 0, worker 1 takes 3 s and pulls to 1.
  //   2 s  worker 0 from 0      g =  0     x = 0
  //   3 s  worker 1 from 0      g = -1     x = 1/2    stale by 1
  //   4 s  worker 0 from 0      g =  0     x = 1/2    stale by 1
  //   6 s  worker 1 from 1/2    g = -1/2   x = 3/4    stale by 1; planned at 3 s, so it comes first
  //   6 s  worker 0 from 1/2    g =  1/2   x = 1/2    stale by 1; planned at 4 s
  const Toy toy({.workers = 2});

  const RunResult result = run(toy, sgd_of(0.5), *fixed_timing({2, 3}), {.stop = {.steps = 5}});

  EXPECT_EQ(result.ending, Ending::steps);
  EXPECT_THAT(result.model, ElementsAre(0.5F));
  EXPECT_EQ(result.time, Time{6 * second});
  EXPECT_EQ(result.gradients, 5U);
  EXPECT_EQ(result.counts.staleness_max, 1U);
  EXPECT_DOUBLE_EQ(result.counts.staleness_mean(), 4.0 / 5);
  EXPECT_EQ(result.concurrency_mean, 2);
  EXPECT_EQ(result.concurrency_max, 2U);
  EXPECT_THAT(result.utilization, ElementsAre(1, 1));
}

TEST(Simulate, StopsBetweenEventsWhenTheTimeIsUp) {
  const Toy toy({.workers = 2});

  const RunResult result =
      run(toy, sgd_of(0.5), *fixed_timing({2, 3}), {.stop = {.time = Time{5 * second}}});

  EXPECT_EQ(result.ending, Ending::time);
  EXPECT_EQ(result.steps, 3U);
  EXPECT_EQ(result.time, Time{5 * second});
  EXPECT_THAT(result.utilization, ElementsAre(1, 1));  // both compute at 5 s
}

TEST(Simulate, HandlesEventsAtTheVeryMomentOfTheEnd) {
  const Toy toy({.workers = 2});

  const RunResult result =
      run(toy, sgd_of(0.5), *fixed_timing({2, 3}), {.stop = {.time = Time{6 * second}}});

  EXPECT_EQ(result.steps, 5U);
}

TEST(Simulate, CountsTheGradientsOfLocalSteps) {
  const Toy toy({.workers = 1});
  policy::Method method = sgd_of(1);
  method.local = {.steps = 3, .step_size = policy::ConstantStep{.value = 0.5}};

  const RunResult result = run(toy, method, *fixed_timing({2}), {.stop = {.gradients = 7}});

  EXPECT_EQ(result.ending, Ending::gradients);
  EXPECT_EQ(result.gradients, 9U);
  EXPECT_EQ(result.steps, 3U);
  EXPECT_EQ(result.time, Time{3 * 3 * 2 * second});
}

TEST(Simulate, CallsDivergenceAResultWithItsStep) {
  const Toy toy({.workers = 1, .start = 1});

  // 1 -> 1 - 1e20 -> about 1e40, more than a float holds
  const RunResult result = run(toy, sgd_of(1e20), *fixed_timing({1}), {.stop = {.steps = 10}});

  EXPECT_EQ(result.ending, Ending::diverged);
  EXPECT_EQ(result.steps, 2U);
  EXPECT_EQ(result.samples.back().step, 2U);
}

TEST(Simulate, DivergesAtAnEvaluationWithTooLargeALoss) {
  const Toy toy({.workers = 1, .start = 1});

  const RunResult result =
      run(toy, sgd_of(3), *fixed_timing({1}),  // x = 1, -2, 4, -8, ...
          {.stop = {.steps = 10, .loss_above = 7}, .evaluate = {.every_steps = 1}});

  EXPECT_EQ(result.ending, Ending::diverged);
  EXPECT_EQ(result.steps, 2U);  // 4^2 / 2 = 8
}

TEST(Simulate, EndsAtTheTargetAndSaysWhen) {
  const Toy toy({.workers = 1, .start = 1});

  const RunResult result =
      run(toy, sgd_of(0.5), *fixed_timing({2}),  // x = 1, 1/2, 1/4, 1/8
          {.stop = {.steps = 100, .target = Target{.below = 0.2}}, .evaluate = {.every_steps = 1}});

  EXPECT_EQ(result.ending, Ending::target);
  ASSERT_TRUE(result.target);
  EXPECT_EQ(result.target->step, 3U);
  EXPECT_EQ(result.target->time, Time{6 * second});
}

TEST(Simulate, EvaluatesOnAGridFinerThanTheEventsAtNoCostInTime) {
  const Toy toy({.workers = 1, .start = 1});

  const RunResult result = run(toy, sgd_of(0.5), *fixed_timing({2}),
                               {.stop = {.steps = 2}, .evaluate = {.every = Time{second * 3 / 4}}});

  EXPECT_THAT(rows(result.samples),
              ElementsAre(std::tuple(0, 0, 0.5), std::tuple(0, 750'000'000, 0.5),
                          std::tuple(0, 1'500'000'000, 0.5), std::tuple(1, 2'250'000'000, 0.125),
                          std::tuple(1, 3 * second, 0.125), std::tuple(1, 3'750'000'000, 0.125),
                          std::tuple(2, 4 * second, 0.03125)));
}

TEST(Simulate, EvaluatesAfterTheEventsOfTheSameMoment) {
  const Toy toy({.workers = 1, .start = 1});

  const RunResult result =
      run(toy, sgd_of(0.5), *fixed_timing({2}),
          {.stop = {.time = Time{4 * second}}, .evaluate = {.every = Time{2 * second}}});

  EXPECT_THAT(rows(result.samples),
              ElementsAre(std::tuple(0, 0, 0.5), std::tuple(1, 2 * second, 0.125),
                          std::tuple(2, 4 * second, 0.03125)));
}

TEST(Simulate, EndsIdleWhenNoUpdateWillEverArrive) {
  const Toy toy({.workers = 2});
  AskTiming timing([](const delay::JobTiming& job) -> delay::JobSpan {
    const Time end = job.given + Time{second};
    return {job.given, end, job.job < 3 ? end : Time::never()};  // both fall silent after 3 jobs
  });

  const RunResult result = run(toy, sgd_of(0.5), timing, {.stop = {.steps = 100}});

  EXPECT_EQ(result.ending, Ending::idle);
  EXPECT_EQ(result.steps, 6U);
  EXPECT_EQ(result.time, Time{3 * second});
}

/// Remembers where models lie.
class Addresses final : public Observer {
 public:
  void arrived(const policy::Arrived& arrived, policy::Update& /*update*/, Time /*now*/) override {
    seen.insert(arrived.start.data());
  }
  void stepped(Version /*version*/, std::span<const Real> model, Time /*now*/) override {
    seen.insert(model.data());
  }
  std::set<const Real*> seen;
};

TEST(Simulate, KeepsNoMoreModelsThanJobsInFlightAndOne) {
  // Buffers are used again, so as many addresses are seen as versions were ever alive together.
  const Toy toy({.workers = 10, .dimension = 3});
  for (const std::uint64_t in_flight : {1U, 4U, 10U, 25U}) {
    Addresses addresses;
    policy::Method method = sgd_of(0.1);
    method.next = {.who = policy::Uniform{}, .in_flight = in_flight};

    run(toy, method, *stateful_timing(10), {.stop = {.steps = 3000}, .observer = &addresses});

    EXPECT_LE(addresses.seen.size(), in_flight + 1);
  }
}

TEST(Simulate, GivesTheSameBitsOnAnyNumberOfThreads) {
  // Each gradient burns 30 us, so that jobs do run on the other threads.
  const Toy toy({.workers = 6, .dimension = 50, .noise = 1, .cost = std::chrono::microseconds(30)});
  const RunOptions options{.stop = {.steps = 300}, .evaluate = {.every_steps = 10}};
  const RunResult alone = run(toy, stateful_method(), *stateful_timing(6), options);

  for (const std::size_t threads : {2U, 3U, 8U}) {
    RunOptions several = options;
    several.threads = threads;
    const RunResult result = run(toy, stateful_method(), *stateful_timing(6), several);

    EXPECT_EQ(result.model_hash, alone.model_hash) << threads;
    EXPECT_EQ(rows(result.samples), rows(alone.samples)) << threads;
    EXPECT_EQ(result.time, alone.time);
  }
}

/// Toy that notices gradients computed while it is evaluated.
class Watchful final : public problem::Problem {
 public:
  const Layout& layout() const override { return toy_.layout(); }
  std::size_t workers() const override { return toy_.workers(); }
  void start(std::uint64_t seed, std::span<Real> out) const override { toy_.start(seed, out); }
  std::string describe() const override { return "watchful"; }
  std::unique_ptr<problem::Oracle> oracle() const override {
    struct Counting final : problem::Oracle {
      explicit Counting(const Watchful& problem)
          : watchful(problem), oracle(problem.toy_.oracle()) {}
      void gradient(const problem::GradientRequest& request, std::span<Real> out) override {
        ++watchful.computing;
        oracle->gradient(request, out);
        --watchful.computing;
      }
      const Watchful& watchful;
      std::unique_ptr<problem::Oracle> oracle;
    };
    return std::make_unique<Counting>(*this);
  }
  problem::Evaluation evaluate(std::span<const Real> model, Pool* pool) const override {
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(300);
    while (std::chrono::steady_clock::now() < until) most = std::max(most, computing.load());
    return toy_.evaluate(model, pool);
  }

  mutable std::atomic<int> computing = 0;
  mutable int most = 0;  ///< gradients computed during an evaluation

 private:
  Toy toy_{{.workers = 6, .dimension = 50, .noise = 1, .cost = std::chrono::microseconds(100)}};
};

TEST(Simulate, ComputesNoJobsWhileItEvaluates) {
  const Watchful problem;

  run(problem, stateful_method(), *stateful_timing(6),
      {.stop = {.steps = 100}, .evaluate = {.every_steps = 2}, .threads = 3});

  EXPECT_EQ(problem.most, 0);
}

class ResumeTest : public ::testing::Test {
 protected:
  RunOptions options(RunLogWriter* log) const {
    return {.stop = {.steps = 60},
            .evaluate = {.every = Time{7 * second / 3}},
            .checkpoint = {.path = folder_.file("checkpoint"), .resume = true, .fingerprint = 9},
            .log = log};
  }
  RunLogWriter log(const std::string& name) const {
    return std::move(*RunLogWriter::open(folder_.file(name), 9, true));
  }
  RunResult run_on(RunOptions options) const {
    return run(toy_, stateful_method(), *stateful_timing(5), options);
  }

  TemporaryFolder folder_;
  const Toy toy_{{.workers = 5, .dimension = 4, .noise = 1}};
};

TEST_F(ResumeTest, EndsOnTheSameBitsAfterAnyNumberOfInterrupts) {
  RunLogWriter whole_log = log("whole log");
  const RunResult whole = run_on(options(&whole_log));
  std::filesystem::remove(folder_.file("checkpoint"));

  std::size_t restored = 0;
  for (const Version stop : {3U, 4U, 17U, 40U}) {
    RunLogWriter part = log("log");
    InterruptAt observer(stop);
    RunOptions options = this->options(&part);
    options.observer = &observer;
    options.interrupt = &observer.flag;
    const RunResult result = run_on(options);
    ASSERT_EQ(result.ending, Ending::interrupted);
    ASSERT_EQ(result.steps, stop);
    restored = observer.restored_samples;
  }
  RunLogWriter last = log("log");
  const RunResult result = run_on(options(&last));

  EXPECT_GT(restored, 1U);
  EXPECT_EQ(result.ending, Ending::steps);
  EXPECT_EQ(result.model_hash, whole.model_hash);
  EXPECT_EQ(rows(result.samples), rows(whole.samples));
  EXPECT_EQ(result.utilization, whole.utilization);
  EXPECT_EQ(result.counts.staleness_sum, whole.counts.staleness_sum);
  EXPECT_EQ(read_run_log(folder_.file("log"))->entries,
            read_run_log(folder_.file("whole log"))->entries);
}

TEST_F(ResumeTest, GoesOnFromALimitToTheSameBits) {
  RunOptions options = this->options(nullptr);
  options.evaluate = {.every_steps = 7};
  const RunResult whole = run_on(options);

  options.checkpoint.at_end = true;
  for (const Stop& limit :
       {Stop{.steps = 20}, Stop{.time = Time{25 * second}}, Stop{.gradients = 200}}) {
    options.stop = limit;
    const RunResult part = run_on(options);
    const RunResult again = run_on(options);  // is at its limit already
    ASSERT_LT(part.steps, 60U);
    EXPECT_EQ(again.model_hash, part.model_hash);
    EXPECT_EQ(again.gradients, part.gradients);
  }
  options.stop = {.steps = 60};
  const RunResult result = run_on(options);

  EXPECT_EQ(result.model_hash, whole.model_hash);
  EXPECT_EQ(rows(result.samples), rows(whole.samples));
}

TEST_F(ResumeTest, LeavesNoCheckpointAtALimitUnlessAsked) {
  run_on(options(nullptr));

  EXPECT_FALSE(std::filesystem::exists(folder_.file("checkpoint")));
}

TEST_F(ResumeTest, BeginsAnewWithItsLogWhenThereIsNoCheckpointYet) {
  {
    RunLogWriter killed = log("log");
    for (int i = 0; i < 10; ++i) killed.add({4, {i}});  // of a run that was killed early
  }

  RunLogWriter again = log("log");
  const RunResult result = run_on(options(&again));

  const RunLog read = *read_run_log(folder_.file("log"));
  EXPECT_EQ(read.entries.size(), result.counts.arrivals);
  EXPECT_FALSE(read.torn);
}

TEST_F(ResumeTest, RefusesTheCheckpointOfAnotherMethod) {
  InterruptAt observer(3);
  RunOptions options = this->options(nullptr);
  options.observer = &observer;
  options.interrupt = &observer.flag;
  run_on(options);

  options.checkpoint.fingerprint = 10;
  const Result<RunResult> result = simulate(toy_, stateful_method(), *stateful_timing(5), options);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().front().code, "engine/bad-checkpoint");
}

TEST_F(ResumeTest, SaysThatACheckpointCannotBeWritten) {
  RunOptions options = this->options(nullptr);
  options.checkpoint.path = folder_.file("no/such/folder/checkpoint");
  const std::atomic<bool> interrupt = true;
  options.interrupt = &interrupt;

  const Result<RunResult> result = simulate(toy_, stateful_method(), *stateful_timing(5), options);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().front().code, "core/io");
}

TEST_F(ResumeTest, ReplaysItsLogToTheSameModel) {
  RunLogWriter writer = log("log");
  const RunResult recorded = run_on(options(&writer));

  const RunLog read = *read_run_log(folder_.file("log"));
  const RunResult replayed = *replay(toy_, stateful_method(), read, {});

  EXPECT_EQ(replayed.ending, Ending::idle);
  EXPECT_EQ(replayed.model_hash, recorded.model_hash);
  EXPECT_EQ(replayed.steps, recorded.steps);
  EXPECT_EQ(replayed.time, recorded.time);
}

TEST(Replay, RefusesALogOfMoreWorkers) {
  const RunLog log{.entries = {{0, {10}}, {2, {20}}}};

  const Result<RunResult> result = replay(Toy({.workers = 2}), sgd_of(0.5), log, {});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().front().what,
            "the run log names worker 2, but the experiment has 2 workers");
}

TEST(Replay, TakesArrivalsAsTheLogTellsThem) {
  // Worker 1 pulls to 1 and is heard three times, worker 0 never: x = 1/2, 3/4, 7/8.
  const RunLog log{.entries = {{1, {10}}, {1, {11}}, {1, {25}}}};

  const RunResult result = *replay(Toy({.workers = 2}), sgd_of(0.5), log, {});

  EXPECT_THAT(result.model, ElementsAre(0.875F));
  EXPECT_EQ(result.time, Time{25});
}

/// Notes how far the progress bar was when the last update arrived.
class ProgressSeen final : public Observer {
 public:
  explicit ProgressSeen(const Progress& progress) : progress_(progress) {}
  void arrived(const policy::Arrived& /*arrived*/, policy::Update& /*update*/,
               Time /*now*/) override {
    steps = progress_.steps.load();
  }
  std::uint64_t steps = 0;

 private:
  const Progress& progress_;
};

TEST(Simulate, ReportsProgressAndSavesWhenJobsAreSlow) {
  const testing::TemporaryFolder folder;
  const Toy problem({.cost = std::chrono::milliseconds(5)});
  const auto timing = fixed_timing({1});
  Progress progress;
  ProgressSeen seen(progress);
  RunOptions options;
  options.stop.steps = 6;
  options.progress = &progress;
  options.observer = &seen;
  options.checkpoint = {.path = folder.file("checkpoint"), .every_wall_seconds = 1e-3};

  ASSERT_TRUE(simulate(problem, {}, *timing, options));

  EXPECT_EQ(seen.steps, 5U);  // every update before the last, though few events have passed
  EXPECT_TRUE(std::filesystem::exists(options.checkpoint.path));
}

}  // namespace
}  // namespace tailrace::engine
