#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/replay.hpp"
#include "tailrace/engine/threads/run_threads.hpp"
#include "tailrace/neural/image_samples.hpp"
#include "tailrace/torch/build_network.hpp"
#include "tailrace/torch/model_network.hpp"
#include "tailrace/torch/network_test.hpp"
#include "tailrace/torch/problem.hpp"
#include "tests/torch/problems_test.hpp"

/// Who computes a gradient, when, and beside which others, changes no bit; and however many are in
/// flight, there are no more replicas than threads that compute.
namespace tailrace::torch {
namespace {

using namespace tailrace::torch::testing;
using engine::RunOptions;
using engine::RunResult;
using engine::testing::InterruptAt;
using engine::testing::rows;
using engine::testing::stateful_method;
using engine::testing::TemporaryFolder;

constexpr WorkerId workers = 4;

std::unique_ptr<delay::Timing> timing() {
  return std::move(*delay::build_timing(
      {.count = workers, .speed = delay::TwoSpeeds{.slowdown = 5}, .delay = delay::Exponential{}},
      {.seed = 3, .dimension = 1}));
}

RunResult simulated(const problem::Problem& problem, const RunOptions& options) {
  const auto clock = timing();
  const Result<RunResult> result = engine::simulate(problem, stateful_method(), *clock, options);
  EXPECT_TRUE(result);
  return *result;
}

/// Images that every gradient sees cropped and mirrored anew.
neural::Course shapes(std::size_t of_workers) {
  const neural::ImageOptions options{.count = 200, .test_count = 40, .padding = 4, .flip = true};
  const auto opened = neural::open_images("synthetic-shapes", options, 1);
  EXPECT_TRUE(opened);
  return course_of({.batch = 4, .evaluate = {.train = 40, .batch = 10}}, opened->train, of_workers,
                   opened->test);
}

struct Case {
  std::string name;
  neural::Model model;
};

/// Batch statistics, dropout, and neither; all with random crops.
const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"cnn", neural::Cnn{.first = 4, .second = 8, .hidden = 16}},
      {"resnet18", neural::ResNet18{.width = 4}},
      {"vit", neural::Vit{.patch = 8, .width = 24, .depth = 1, .heads = 2, .dropout = 0.2}}};
  return all;
}

class EveryModel : public ::testing::TestWithParam<Case> {
 protected:
  std::unique_ptr<problem::Problem> problem_ = problem_of(GetParam().model, shapes(workers));
  RunOptions options_{.stop = {.steps = 12}, .evaluate = {.every_steps = 4}};
  TemporaryFolder folder_;
};

TEST_P(EveryModel, GivesTheSameBitsOnAnyNumberOfThreads) {
  const RunResult alone = simulated(*problem_, options_);

  for (const std::size_t threads : {2U, 4U}) {
    options_.threads = threads;
    const RunResult several = simulated(*problem_, options_);

    EXPECT_EQ(several.model_hash, alone.model_hash);
    EXPECT_EQ(rows(several.samples), rows(alone.samples));
  }
}

TEST_P(EveryModel, EndsOnTheSameBitsWhenItIsInterruptedAndResumedByANewProblem) {
  const RunResult whole = simulated(*problem_, options_);
  options_.checkpoint = {.path = folder_.file("checkpoint"), .resume = true};

  InterruptAt observer(5);
  options_.observer = &observer;
  options_.interrupt = &observer.flag;
  ASSERT_EQ(simulated(*problem_, options_).ending, engine::Ending::interrupted);
  options_.observer = nullptr;
  options_.interrupt = nullptr;
  const auto fresh = problem_of(GetParam().model, shapes(workers));
  const RunResult rest = simulated(*fresh, options_);

  EXPECT_EQ(rest.model_hash, whole.model_hash);
  EXPECT_EQ(rows(rest.samples), rows(whole.samples));
}

TEST_P(EveryModel, IsReplayedFromThreadsToTheSameBits) {
  auto log = engine::RunLogWriter::open(folder_.file("log"), 1, true);
  options_.threads = 3;
  options_.log = &*log;
  const auto recorded = engine::run_threads(*problem_, stateful_method(), nullptr, options_);
  ASSERT_TRUE(recorded);

  const auto replayed =
      engine::replay(*problem_, stateful_method(), *engine::read_run_log(folder_.file("log")), {});

  ASSERT_TRUE(replayed);
  EXPECT_EQ(recorded->steps, 12U);
  EXPECT_EQ(replayed->model_hash, recorded->model_hash);
}

TEST_P(EveryModel, ComputesTwoGradientsAtOnceAsOneAfterTheOther) {
  const std::vector<Real> model = start_of(*problem_);
  constexpr JobNumber jobs = 6;
  std::vector<std::vector<Real>> expected;
  for (JobNumber job = 0; job < jobs; ++job) {
    expected.push_back(gradient_of(*problem_, model, job % workers, job));
  }
  std::vector<std::vector<Real>> found(jobs);

  const auto compute_from = [&](JobNumber first) {
    for (JobNumber job = first; job < jobs; job += 2) {
      found[job] = gradient_of(*problem_, model, job % workers, job);
    }
  };
  std::thread other([&] { compute_from(1); });
  compute_from(0);
  other.join();

  EXPECT_EQ(found, expected);
  EXPECT_NE(found[0], found[4]) << "two jobs of one worker draw different batches";
}

TEST_P(EveryModel, StartsFromTheSeedAlone) {
  const auto other = problem_of(GetParam().model, shapes(workers));

  EXPECT_EQ(start_of(*problem_, 3), start_of(*other, 3));
  EXPECT_NE(start_of(*problem_, 3), start_of(*problem_, 4));
}

INSTANTIATE_TEST_SUITE_P(Torch, EveryModel, ::testing::ValuesIn(cases()),
                         [](const auto& each) { return each.param.name; });

/// How many networks live.
struct Census {
  std::atomic<int> living = 0;
  std::atomic<int> most = 0;
};

/// A network that is counted.
class Counted final : public Network {
 public:
  Counted(std::unique_ptr<Network> network, std::shared_ptr<Census> census)
      : network_(std::move(network)), census_(std::move(census)) {
    const int living = ++census_->living;
    int most = census_->most;
    while (living > most && !census_->most.compare_exchange_weak(most, living)) {
    }
  }
  ~Counted() override { --census_->living; }
  std::vector<NamedTensor> parameters() const override { return network_->parameters(); }
  std::vector<NamedTensor> buffers() const override { return network_->buffers(); }
  void train(bool on) override { network_->train(on); }
  at::Tensor forward(const Inputs& inputs) override { return network_->forward(inputs); }

 private:
  std::unique_ptr<Network> network_;
  std::shared_ptr<Census> census_;
};

std::unique_ptr<problem::Problem> counted_problem(const std::shared_ptr<Census>& census) {
  const auto factory = network_factory(cases()[0].model, shapes(workers).train->shape());
  Definition definition;
  definition.network = [factory, census] {
    return std::make_unique<Counted>((*factory)(), census);
  };
  definition.initialize = [](Network& network, std::uint64_t) {
    for (const NamedTensor& each : network.parameters()) each.tensor.detach().fill_(0.01);
  };
  return built(make_problem(std::move(definition), shapes(workers)));
}

TEST(Replicas, AreNeverMoreThanThreadsThatComputeEvaluationsIncluded) {
  for (const int threads : {1, 2, 4}) {
    const auto census = std::make_shared<Census>();
    const auto problem = counted_problem(census);

    simulated(*problem, {.stop = {.steps = 20},
                         .evaluate = {.every_steps = 2},
                         .threads = static_cast<std::size_t>(threads)});

    EXPECT_LE(census->most, threads);
  }
}

TEST(Replicas, AreNeverMoreThanThreadsInRealTimeEither) {
  const auto census = std::make_shared<Census>();
  const auto problem = counted_problem(census);

  const auto result =
      engine::run_threads(*problem, stateful_method(), nullptr,
                          {.stop = {.steps = 20}, .evaluate = {.every_steps = 2}, .threads = 3});

  ASSERT_TRUE(result);
  EXPECT_LE(census->most, 3);
}

}  // namespace
}  // namespace tailrace::torch
