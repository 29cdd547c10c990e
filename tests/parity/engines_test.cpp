#include <gtest/gtest.h>

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/replay.hpp"
#include "tailrace/engine/threads/run_threads.hpp"
#include "tests/named_methods.hpp"
#include "tests/parity/test_name.hpp"

/// Every method does the same under every engine, and whether or not it was stopped in between.
namespace tailrace::engine {
namespace {

using tailrace::testing::methods_without_races;
using tailrace::testing::named_methods;
using tailrace::testing::NamedMethod;
using tailrace::testing::test_name;
using testing::InterruptAt;
using testing::TemporaryFolder;
using testing::Toy;

constexpr WorkerId workers = 8;
constexpr std::uint64_t steps = 40;

/// Gradients differ between workers and from job to job, so that another order is another model.
const Toy& problem() {
  static const Toy toy({.workers = workers, .dimension = 30, .noise = 3});
  return toy;
}

/// Jobs take 200 to 600 microseconds and travel for 50.
std::unique_ptr<delay::Timing> short_delays() {
  auto timing = delay::build_timing({.count = workers,
                                     .speed = delay::EqualSpeeds{.seconds = 400e-6},
                                     .delay = delay::Uniform{},
                                     .per = delay::Workers::Per::job,
                                     .network = delay::Network{.both = {.latency = {50'000}}}},
                                    {.seed = 2});
  EXPECT_TRUE(timing);
  return std::move(*timing);
}

class EveryMethod : public ::testing::TestWithParam<NamedMethod> {
 protected:
  [[nodiscard]] const policy::Method& method() const { return GetParam().method; }
  [[nodiscard]] RunLogWriter log() const {
    return std::move(*RunLogWriter::open(folder_.file("log"), 1, true));
  }
  /// Records a run on four threads and repeats it in virtual time.
  void expect_replay_after(delay::Timing* timing) const {
    std::filesystem::remove(folder_.file("log"));
    RunLogWriter writer = log();

    const Result<RunResult> recorded = run_threads(
        problem(), method(), timing, {.stop = {.steps = steps}, .threads = 4, .log = &writer});

    ASSERT_TRUE(recorded);
    const Result<RunResult> replayed =
        replay(problem(), method(), *read_run_log(folder_.file("log")), {});
    ASSERT_TRUE(replayed);
    EXPECT_EQ(recorded->steps, steps);
    EXPECT_EQ(replayed->steps, recorded->steps);
    EXPECT_EQ(replayed->model_hash, recorded->model_hash);
    EXPECT_EQ(replayed->counts.staleness_sum, recorded->counts.staleness_sum);
    EXPECT_EQ(replayed->counts.discarded, recorded->counts.discarded);
  }

  TemporaryFolder folder_;
};

TEST_P(EveryMethod, IsReplayedFromThreadsToTheSameBits) { expect_replay_after(nullptr); }

TEST_P(EveryMethod, IsReplayedFromDelayedThreadsToTheSameBits) {
  const auto timing = short_delays();
  expect_replay_after(timing.get());
}

TEST_P(EveryMethod, EndsOnTheSameBitsWhenItIsInterruptedAndResumed) {
  RunOptions options{.stop = {.steps = steps}, .evaluate = {.every = Time{700'000}}};
  const Result<RunResult> whole = simulate(problem(), method(), *short_delays(), options);
  ASSERT_TRUE(whole);

  Stream stream(GetParam().name);
  options.checkpoint = {.path = folder_.file("checkpoint"), .resume = true};
  for (Version stop = 1 + stream.below(10); stop < steps; stop += 1 + stream.below(15)) {
    InterruptAt observer(stop);
    options.observer = &observer;
    options.interrupt = &observer.flag;
    const Result<RunResult> part = simulate(problem(), method(), *short_delays(), options);
    ASSERT_TRUE(part);
    ASSERT_EQ(part->ending, Ending::interrupted);
    ASSERT_EQ(part->steps, stop);
  }
  options.observer = nullptr;
  options.interrupt = nullptr;
  const Result<RunResult> last = simulate(problem(), method(), *short_delays(), options);

  ASSERT_TRUE(last);
  EXPECT_EQ(last->model_hash, whole->model_hash);
  EXPECT_EQ(last->time, whole->time);
  EXPECT_EQ(testing::rows(last->samples), testing::rows(whole->samples));
  EXPECT_EQ(last->counts.staleness_sum, whole->counts.staleness_sum);
}

class MethodWithoutRaces : public ::testing::TestWithParam<NamedMethod> {};

TEST_P(MethodWithoutRaces, GivesTheBitsOfVirtualTimeOnThreads) {
  const policy::Method& method = GetParam().method;
  const RunOptions options{.stop = {.steps = steps}, .threads = 4};

  const Result<RunResult> real = run_threads(problem(), method, nullptr, options);
  const Result<RunResult> simulated = simulate(problem(), method, *short_delays(), options);

  ASSERT_TRUE(real && simulated);
  EXPECT_EQ(real->steps, steps);
  EXPECT_EQ(real->model_hash, simulated->model_hash);
}

INSTANTIATE_TEST_SUITE_P(Engines, EveryMethod, ::testing::ValuesIn(named_methods()), test_name);
INSTANTIATE_TEST_SUITE_P(Engines, MethodWithoutRaces,
                         ::testing::ValuesIn(methods_without_races(workers)), test_name);

}  // namespace
}  // namespace tailrace::engine
