#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/problem/quadratic.hpp"
#include "tailrace/recipe/clipped_async_sgd.hpp"
#include "tailrace/recipe/federated_clipped_async_sgd.hpp"

/// The lemma that clipped asynchronous SGD rests on (Erickson, Johansson, arXiv:2606.13287):
/// however long the delays, the model stays close to the virtual iterate, which has taken every
/// step already when its job was given out:
///
///     x~_t = x_0 - eta sum_{jobs given by t} clip_c(g_job),      ||x_t - x~_t|| <= eta c tau_C
namespace tailrace::engine {
namespace {

constexpr double step_size = 0.05;
constexpr double threshold = 2;

/// Keeps what is needed to compute the virtual iterates once every job's update is known.
class Recorder final : public Observer {
 public:
  using Job = std::pair<WorkerId, JobNumber>;
  struct Moment {
    std::vector<Real> model;
    std::size_t jobs_given;
    std::size_t in_flight;
  };

  explicit Recorder(std::vector<Real> start) : model_(std::move(start)) {}

  void started(WorkerId worker, JobNumber job, Version /*version*/, Time /*now*/) override {
    given.emplace_back(worker, job);
  }
  void arrived(const policy::Arrived& arrived, policy::Update& update, Time /*now*/) override {
    moments.push_back({model_, given.size(), given.size() - updates.size()});
    updates[{arrived.worker, arrived.job}] = update.values();
  }
  void stepped(Version /*version*/, std::span<const Real> model, Time /*now*/) override {
    model_.assign(model.begin(), model.end());
  }

  std::vector<Job> given;  ///< in the order of assignment
  std::map<Job, std::vector<Real>> updates;
  std::vector<Moment> moments;  ///< just before every arrival

 private:
  std::vector<Real> model_;
};

double norm(const std::vector<double>& values) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  return std::sqrt(squares);
}

/// How far each moment's model is from its virtual iterate, in units of eta c tau_C, as far as all
/// jobs given by then have arrived.
std::vector<double> distances(const Recorder& run) {
  std::vector<double> result;
  std::vector<double> virtual_iterate(run.moments[0].model.begin(), run.moments[0].model.end());
  std::size_t moved = 0;
  for (const Recorder::Moment& moment : run.moments) {
    for (; moved < moment.jobs_given; ++moved) {
      const auto update = run.updates.find(run.given[moved]);
      if (update == run.updates.end()) return result;
      std::vector<double> gradient(update->second.begin(), update->second.end());
      const double clip = std::min(1.0, threshold / norm(gradient));
      for (std::size_t j = 0; j < gradient.size(); ++j) {
        virtual_iterate[j] -= step_size * clip * gradient[j];
      }
    }
    std::vector<double> apart = virtual_iterate;
    for (std::size_t j = 0; j < apart.size(); ++j) apart[j] -= static_cast<double>(moment.model[j]);
    result.push_back(norm(apart) / (step_size * threshold * static_cast<double>(moment.in_flight)));
  }
  return result;
}

void expect_close_along_a_run(const policy::Method& method, std::size_t concurrency) {
  const auto problem = problem::Quadratic{.spectrum = problem::Spread{.dimension = 30},
                                          .heterogeneity = 1,
                                          .noise = problem::Pareto{.tail_index = 1.2, .scale = 0.3}}
                           .build({.workers = 10, .seed = 4});
  ASSERT_TRUE(problem);
  auto timing = delay::build_timing(
      {.count = 10, .speed = delay::LinearSpeeds{}, .delay = delay::Pareto{}}, {.seed = 4});
  ASSERT_TRUE(timing);
  std::vector<Real> start(30);
  (*problem)->start(1, start);
  Recorder recorder(start);

  const auto result =
      simulate(**problem, method, **timing, {.stop = {.steps = 3000}, .observer = &recorder});

  ASSERT_TRUE(result);
  ASSERT_NE(result->ending, Ending::diverged);
  const std::vector<double> shares = distances(recorder);
  ASSERT_GT(shares.size(), 1000U);
  double largest = 0;
  for (std::size_t t = 0; t < shares.size(); ++t) {
    EXPECT_EQ(recorder.moments[t].in_flight, concurrency);
    ASSERT_LE(shares[t], 1 + 1e-4) << "step " << t;  // rounding of x to Real
    largest = std::max(largest, shares[t]);
  }
  EXPECT_GT(largest, 0.3) << "the bound is not far from being reached";
}

TEST(VirtualIterate, StaysCloseToTheModelOfAlgorithm1) {
  expect_close_along_a_run(
      recipe::ClippedAsyncSgd{.step_size = policy::ConstantStep{.value = step_size},
                              .threshold = threshold}
          .method(),
      10);
}

TEST(VirtualIterate, StaysCloseToTheModelOfAlgorithm2) {
  expect_close_along_a_run(
      recipe::FederatedClippedAsyncSgd{.step_size = policy::ConstantStep{.value = step_size},
                                       .threshold = threshold,
                                       .concurrency = 25}
          .method(),
      25);
}

}  // namespace
}  // namespace tailrace::engine
