#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/recipe/async_sgd.hpp"
#include "tailrace/recipe/fedbuff.hpp"
#include "tailrace/recipe/minibatch_sgd.hpp"
#include "tailrace/recipe/random_async_sgd.hpp"
#include "tailrace/recipe/shuffled_async_sgd.hpp"
#include "tests/golden/golden.hpp"

/// What happens when, in virtual time: files that a reader can follow line by line. Three workers
/// take 1, 2 and 3 seconds and pull the one parameter to 0, 1 and 2.
namespace tailrace::engine {
namespace {

using tailrace::testing::expect_golden;
using testing::Toy;

/// Writes a line for every event.
class Timeline final : public Observer {
 public:
  void started(WorkerId worker, JobNumber job, Version version, Time now) override {
    line(now, fmt::format("worker {} is given job {} from version {}", worker, job, version));
  }
  void arrived(const policy::Arrived& arrived, policy::Update& update, Time now) override {
    line(now, fmt::format("worker {} delivers job {}: {} from version {}", arrived.worker,
                          arrived.job, update.values()[0], arrived.started));
  }
  void stepped(Version version, std::span<const Real> model, Time now) override {
    line(now, fmt::format("version {}: x = {}", version, model[0]));
  }
  void evaluated(const Sample& sample) override {
    line(sample.time, fmt::format("loss {}", sample.evaluation.loss));
  }
  std::string text;

 private:
  void line(Time now, const std::string& what) {
    text += fmt::format("{:>6}  {}\n", to_string(now), what);
  }
};

void expect_timeline(const std::string& file, const policy::Method& method,
                     const RunOptions& options, std::optional<delay::Network> network = {}) {
  auto timing = delay::build_timing(
      {.count = 3, .speed = delay::LinearSpeeds{}, .network = std::move(network)},
      {.seed = 1, .dimension = 1});
  ASSERT_TRUE(timing);
  Timeline timeline;
  RunOptions observed = options;
  observed.observer = &timeline;

  ASSERT_TRUE(simulate(Toy({.workers = 3}), method, **timing, observed));

  expect_golden(file, timeline.text);
}

const policy::Schedule half = policy::ConstantStep{.value = 0.5};

TEST(Timeline, PureAsynchronousSgd) {
  expect_timeline("pure.txt", recipe::AsyncSgd{.step_size = half}.method(),
                  {.stop = {.time = Time{6'000'000'000}}});
}

TEST(Timeline, RandomAssignmentQueuesFirstInFirstOut) {
  expect_timeline("random.txt", recipe::RandomAsyncSgd{.step_size = half}.method(),
                  {.stop = {.steps = 12}});
}

TEST(Timeline, ShuffledAssignmentGoesThroughAllWorkers) {
  expect_timeline("shuffled.txt", recipe::ShuffledAsyncSgd{.step_size = half}.method(),
                  {.stop = {.steps = 12}});
}

TEST(Timeline, WaitingForTwoRestartsThemTogether) {
  expect_timeline("waiting.txt", recipe::AsyncSgd{.step_size = half, .wait = 2}.method(),
                  {.stop = {.steps = 4}});
}

TEST(Timeline, ABarrierWaitsForTheSlowest) {
  expect_timeline("barrier.txt", recipe::MinibatchSgd{.step_size = half}.method(),
                  {.stop = {.steps = 3}, .evaluate = {.every_steps = 1}});
}

TEST(Timeline, LocalStepsTakeTimeEach) {
  expect_timeline("local_steps.txt",
                  recipe::FedBuff{.local_steps = 2,
                                  .local_step_size = half,
                                  .buffer = 2,
                                  .staleness = policy::ConstantWeight{}}
                      .method(),
                  {.stop = {.steps = 4}});
}

TEST(Timeline, MessagesTakeTimeBothWays) {
  // Down 0.25 s; up 0.5 s and 4 bytes at 8 bytes a second.
  const delay::Network network{
      .both = {.latency = {250'000'000}},
      .up = delay::Link{.latency = {500'000'000}, .bandwidth = delay::Bandwidth{8}}};
  expect_timeline("network.txt", recipe::AsyncSgd{.step_size = half}.method(),
                  {.stop = {.steps = 6}}, network);
}

TEST(Timeline, EvaluationsByTheClockTakeNoTime) {
  expect_timeline(
      "evaluations.txt", recipe::AsyncSgd{.step_size = half}.method(),
      {.stop = {.time = Time{3'000'000'000}}, .evaluate = {.every = Time{400'000'000}}});
}

}  // namespace
}  // namespace tailrace::engine
