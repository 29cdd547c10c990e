#include "tailrace/recipe/compressed_async_sgd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tailrace/core/distributions.hpp"
#include "tailrace/core/random.hpp"
#include "tailrace/policy/hand_run_test.hpp"
#include "tailrace/policy/worker.hpp"
#include "tailrace/recipe/async_sgd.hpp"

namespace tailrace::recipe {
namespace {

using policy::testing::HandRun;
using ::testing::ElementsAre;

constexpr policy::ConstantStep half{.value = 0.5};

TEST(CompressedAsyncSgd, StepsByWhatArrivesAndRestartsItsSender) {
  HandRun run(CompressedAsyncSgd{.step_size = half, .compressor = policy::Natural{}}.method(),
              {0, 0}, 8);

  run.deliver(1);  // a gradient of 8 is a power of two: 4
  run.deliver(0);  // 8 again, of the start

  EXPECT_EQ(run.x(), 0);
  EXPECT_THAT(run.started(), ElementsAre(0));
}

TEST(CompressedAsyncSgd, IsAsynchronousSgdWhereNothingIsLeftOut) {
  HandRun compressed(
      CompressedAsyncSgd{.step_size = half, .compressor = policy::TopK{.share = 1}}.method(),
      {0.3F, -4.7F}, 1.9F);
  HandRun plain(AsyncSgd{.step_size = half}.method(), {0.3F, -4.7F}, 1.9F);

  for (const WorkerId worker : {0U, 1U, 1U, 0U, 1U, 0U, 0U}) {
    compressed.deliver(worker);
    plain.deliver(worker);
    EXPECT_EQ(compressed.x(), plain.x());
  }
}

constexpr std::size_t dimension = 50;

/// f(x) = sum_j curvature_j x_j^2 / 2, curvatures from 1 to 0.1: its small gradients are those that
/// compressors drop. ||x|| / ||x_0|| after so many gradients of four workers in turn.
double distance_left(const policy::Method& method, JobNumber jobs) {
  std::vector<Real> x(dimension, 1);
  auto server = policy::make_server(method, {.start = x, .workers = 4, .seed = 1});
  policy::Actions actions;
  server->begin(actions);
  std::vector<std::vector<Real>> start(4, x);
  std::vector<Version> version(4, 0);
  policy::Update update;
  for (JobNumber job = 0; job < jobs; ++job) {
    for (WorkerId worker = 0; worker < 4; ++worker) {
      const std::span<Real> out = update.start(dimension);
      for (std::size_t j = 0; j < dimension; ++j) {
        out[j] =
            static_cast<Real>(std::pow(0.1, static_cast<double>(j) / dimension)) * start[worker][j];
      }
      actions.clear();
      server->arrive(
          {.worker = worker, .job = job, .started = version[worker], .start = start[worker]},
          update, actions);
      const std::span<const Real> now = server->models().current();
      start[worker].assign(now.begin(), now.end());
      version[worker] = server->version();
    }
  }
  double sum = 0;
  for (const Real value : server->models().current()) sum += static_cast<double>(value) * value;
  return std::sqrt(sum / dimension);
}

TEST(CompressedAsyncSgd, FindsTheMinimumWithEveryCompressor) {
  for (const Compressor& compressor :
       {Compressor(policy::Bf16{}), Compressor(policy::Fp16{}), Compressor(policy::Int8{}),
        Compressor(policy::Natural{}), Compressor(policy::RandomK{.share = 0.2}),
        Compressor(policy::Sign{}), Compressor(policy::TopK{.share = 0.1})}) {
    const policy::Method method =
        CompressedAsyncSgd{.step_size = policy::ConstantStep{.value = 0.02},
                           .compressor = compressor}
            .method();

    EXPECT_LT(distance_left(method, 1000), 1e-2) << compressor.index();
  }
}

/// A worker whose gradient is (8, 1) and one whose gradient is (-8, 1): what they agree on is never
/// their largest coordinate.
TEST(CompressedAsyncSgd, SeesSmallCoordinatesOnlyWithErrorFeedback) {
  const auto small_coordinate = [](bool feedback) {
    const policy::Method method =
        CompressedAsyncSgd{.step_size = half,
                           .compressor = policy::TopK{.share = 0.5, .error_feedback = feedback}}
            .method();
    const std::vector<Real> x(2, 0);
    auto server = policy::make_server(method, {.start = x, .workers = 2, .seed = 1});
    policy::Actions actions;
    server->begin(actions);
    for (JobNumber job = 0; job < 100; ++job) {
      for (WorkerId worker = 0; worker < 2; ++worker) {
        policy::Update update({worker == 0 ? 8.0F : -8.0F, 1});
        actions.clear();
        server->arrive({.worker = worker, .job = job, .started = server->version(), .start = x},
                       update, actions);
      }
    }
    return server->models().current()[1];
  };

  EXPECT_EQ(small_coordinate(false), 0);
  EXPECT_NEAR(small_coordinate(true), -100, 16);  // 200 gradients of 1 at step size 1/2
}

}  // namespace
}  // namespace tailrace::recipe
