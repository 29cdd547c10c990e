#include <gtest/gtest.h>

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/replay.hpp"
#include "tailrace/engine/threads/run_threads.hpp"
#include "tailrace/policy/assign/uniform.hpp"
#include "tailrace/policy/transform/top_k.hpp"

/// A run that one engine began and another goes on with.
namespace tailrace::engine {
namespace {

using testing::fixed_timing;
using testing::InterruptAt;
using testing::stateful_method;
using testing::TemporaryFolder;
using testing::Toy;

constexpr std::uint64_t fingerprint = 9;

/// Four jobs in flight for two workers of the same speed: many arrive at the same moment.
policy::Method queueing_method() {
  return {.send = {policy::TopK{.share = 0.3}},
          .next = {.who = policy::Uniform{}, .in_flight = 12},
          .step_size = policy::ConstantStep{.value = 0.02}};
}

class EnginesTest : public ::testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] policy::Method method() const {
    return GetParam() ? stateful_method() : queueing_method();
  }
  [[nodiscard]] Result<RunResult> simulated(const RunOptions& options) const {
    return simulate(toy_, method(), *fixed_timing({1e-3, 1e-3, 2e-3, 2e-3}), options);
  }
  [[nodiscard]] Result<RunResult> in_real_time(const RunOptions& options) const {
    return run_threads(toy_, method(), nullptr, options);
  }
  /// Up to this step, which is later than that of the part before; leaves a checkpoint.
  template <class Run>
  RunResult part(Version until, const Run& run) const {
    RunLogWriter writer = std::move(*RunLogWriter::open(folder_.file("log"), fingerprint, true));
    const RunOptions options{.seed = 3,
                             .stop = {.steps = until},
                             .threads = 2,
                             .checkpoint = {.path = folder_.file("checkpoint"),
                                            .resume = true,
                                            .at_end = true,
                                            .fingerprint = fingerprint},
                             .log = &writer};
    Result<RunResult> result = run(options);
    EXPECT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->steps, until);
    return std::move(*result);
  }
  /// The same by an interrupt, as run_threads leaves no checkpoint at a limit.
  template <class Run>
  void interrupted_part(Version until, const Run& run) const {
    InterruptAt observer(until);
    RunLogWriter writer = std::move(*RunLogWriter::open(folder_.file("log"), fingerprint, true));
    const RunOptions options{.seed = 3,
                             .stop = {.steps = 1000},
                             .threads = 2,
                             .checkpoint = {.path = folder_.file("checkpoint"),
                                            .resume = true,
                                            .fingerprint = fingerprint},
                             .log = &writer,
                             .observer = &observer,
                             .interrupt = &observer.flag};
    const Result<RunResult> result = run(options);
    ASSERT_TRUE(result) << to_string(result.error());
    ASSERT_EQ(result->ending, Ending::interrupted);
  }
  [[nodiscard]] std::uint64_t replayed_hash() const {
    const Result<RunLog> log = read_run_log(folder_.file("log"));
    EXPECT_TRUE(log);
    const Result<RunResult> replayed = replay(toy_, method(), *log, {.seed = 3});
    EXPECT_TRUE(replayed) << to_string(replayed.error());
    return replayed->model_hash;
  }

  TemporaryFolder folder_;
  Toy toy_{{.workers = 4, .dimension = 20, .noise = 1}};
};

TEST_P(EnginesTest, GoesOnInRealTimeWithARunThatBeganInVirtualTime) {
  interrupted_part(40, [this](const RunOptions& options) { return simulated(options); });

  const RunResult end =
      part(90, [this](const RunOptions& options) { return in_real_time(options); });

  EXPECT_EQ(replayed_hash(), end.model_hash);
}

TEST_P(EnginesTest, GoesOnInVirtualTimeWithARunThatBeganInRealTime) {
  interrupted_part(40, [this](const RunOptions& options) { return in_real_time(options); });

  const RunResult end = part(90, [this](const RunOptions& options) { return simulated(options); });

  EXPECT_EQ(replayed_hash(), end.model_hash);
}

TEST_P(EnginesTest, ChangesHandsManyTimes) {
  for (Version step = 10; step <= 60; step += 20) {
    interrupted_part(step, [this](const RunOptions& options) { return in_real_time(options); });
    interrupted_part(step + 10, [this](const RunOptions& options) { return simulated(options); });
  }

  const RunResult end = part(90, [this](const RunOptions& options) { return simulated(options); });

  EXPECT_EQ(replayed_hash(), end.model_hash);
  EXPECT_GE(end.counts.arrivals, 90U);
  for (const double share : end.utilization) {
    EXPECT_GE(share, 0);
    EXPECT_LE(share, 1);
  }
}

TEST_P(EnginesTest, GivesJobsOutAgainThatTheOtherEngineHadLost) {
  // Worker 3's updates never arrive under the first engine.
  testing::AskTiming losing([](const delay::JobTiming& job) {
    const Time start = std::max(job.given, job.free);
    if (job.worker == 3) return delay::JobSpan{start, Time::never(), Time::never()};
    const Time end = start + Time::from_seconds(1e-3);
    return delay::JobSpan{start, end, end};
  });
  interrupted_part(GetParam() ? 2 : 15, [&](const RunOptions& options) {
    return simulate(toy_, method(), losing, options);
  });

  const RunResult end =
      part(30, [this](const RunOptions& options) { return in_real_time(options); });

  EXPECT_EQ(replayed_hash(), end.model_hash);
}

INSTANTIATE_TEST_SUITE_P(Methods, EnginesTest, ::testing::Values(true, false),
                         [](const auto& instance) {
                           return std::string(instance.param ? "Stateful" : "QueuesAndCompresses");
                         });

TEST(OlderCheckpoint, BringsTheRunToTheSameBitsAndIsMentioned) {
  const Toy toy({.workers = 4, .dimension = 20, .noise = 1});
  const policy::Method method = stateful_method();
  const TemporaryFolder folder;
  const auto run = [&](Version interrupt_at) {
    InterruptAt observer(interrupt_at);
    RunLogWriter writer = std::move(*RunLogWriter::open(folder.file("log"), fingerprint, true));
    const RunOptions options{.stop = {.steps = 90},
                             .checkpoint = {.path = folder.file("checkpoint"),
                                            .resume = true,
                                            .fingerprint = fingerprint,
                                            .keep = 3},
                             .log = &writer,
                             .observer = &observer,
                             .interrupt = &observer.flag};
    return std::move(*simulate(toy, method, *fixed_timing({1, 1.1, 1.2, 1.3}), options));
  };
  run(20);
  run(40);
  testing::write_text(folder.file("checkpoint"), "torn");

  const RunResult resumed = run(1000);

  const RunResult whole =
      *simulate(toy, method, *fixed_timing({1, 1.1, 1.2, 1.3}), {.stop = {.steps = 90}});
  EXPECT_EQ(resumed.model_hash, whole.model_hash);
  EXPECT_EQ(replay(toy, method, *read_run_log(folder.file("log")), {})->model_hash,
            whole.model_hash);
  ASSERT_EQ(resumed.remarks.size(), 1U);
  EXPECT_NE(resumed.remarks[0].find("the checkpoint is cut short"), std::string::npos);
}

TEST(Replay, ForgetsWhatTheLogSaysWasForgotten) {
  const Toy toy({.workers = 2, .dimension = 20, .noise = 1});
  const policy::Method method{.send = {policy::TopK{.share = 0.1}},
                              .step_size = policy::ConstantStep{.value = 0.1}};
  RunLog log;
  for (std::int64_t i = 1; i <= 40; ++i) {
    log.entries.push_back({.worker = static_cast<WorkerId>(i % 2), .time = {i}});
  }
  RunLog forgetful = log;
  forgetful.entries[20].fresh = true;
  RunLog from_the_first = log;
  from_the_first.entries[0].fresh = true;  // it had nothing to forget

  const Result<RunResult> remembering = replay(toy, method, log, {});

  EXPECT_NE(replay(toy, method, forgetful, {})->model_hash, remembering->model_hash);
  EXPECT_EQ(replay(toy, method, from_the_first, {})->model_hash, remembering->model_hash);
}

}  // namespace
}  // namespace tailrace::engine
