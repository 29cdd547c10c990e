#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "tailrace/catalog.hpp"
#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/sim/simulate.hpp"

/// Where two methods are the same algorithm they end on the same bits, on a real problem.
namespace tailrace::engine {
namespace {

constexpr std::uint64_t seed = 11;
constexpr std::uint64_t steps = 60;
constexpr double step_size = 0.5;
const policy::Schedule eta = policy::ConstantStep{.value = step_size};

std::string a9a() {
  const char* data = std::getenv("TAILRACE_DATA");
  const std::filesystem::path folder =
      data != nullptr ? std::filesystem::path(data)
                      : std::filesystem::path(TAILRACE_SOURCE_DIR) / ".." / "shared" / "data";
  for (const char* name : {"a9a", "libsvm/a9a"}) {
    if (std::filesystem::exists(folder / name)) return (folder / name).string();
  }
  return {};
}

/// Logistic regression on a9a, or on synthetic data where a9a is not at hand, with mini-batches and
/// heavy-tailed noise: everything random about a gradient takes part.
const problem::Problem& problem_for(std::size_t workers) {
  static std::map<std::size_t, std::unique_ptr<problem::Problem>> problems;
  std::unique_ptr<problem::Problem>& problem = problems[workers];
  if (problem == nullptr) {
    const problem::Noise noise = problem::Pareto{.tail_index = 1.5, .scale = 0.05};
    auto built =
        a9a().empty()
            ? problem::SyntheticLogistic{.batch = 8, .noise = noise}.build({workers, seed})
            : problem::Logistic{.data = a9a(), .batch = 8, .noise = noise}.build({workers, seed});
    TAILRACE_CHECK(built.has_value());
    problem = std::move(*built);
  }
  return *problem;
}

/// Delays that make workers overtake each other.
std::unique_ptr<delay::Timing> uneven(WorkerId workers) {
  auto timing = delay::build_timing(
      {.count = workers, .speed = delay::LinearSpeeds{}, .delay = delay::Lognormal{}},
      {.seed = seed});
  TAILRACE_CHECK(timing.has_value());
  return std::move(*timing);
}

std::vector<Real> trained(WorkerId workers, const policy::Method& method) {
  const Result<RunResult> result = simulate(problem_for(workers), method, *uneven(workers),
                                            {.seed = seed, .stop = {.steps = steps}});
  TAILRACE_CHECK(result.has_value() && result->steps == steps);
  return result->model;
}

/// A gradient as worker `worker` computes it in its job number `job`.
std::vector<Real> gradient(const problem::Problem& problem, const std::vector<Real>& model,
                           WorkerId worker, JobNumber job) {
  Stream batch(seed, Purpose::batch, worker, job);
  Stream noise(seed, Purpose::noise, worker, job);
  std::vector<Real> out(model.size());
  problem.oracle()->gradient({worker, model, &batch, &noise}, out);
  return out;
}

std::vector<Real> starting_point(const problem::Problem& problem) {
  std::vector<Real> model(problem.dimension());
  problem.start(seed, model);
  return model;
}

TEST(Coincidence, WithOneWorkerEveryAsynchronousMethodIsABareLoop) {
  const problem::Problem& problem = problem_for(1);
  std::vector<Real> model = starting_point(problem);
  for (JobNumber job = 0; job < steps; ++job) {
    const std::vector<Real> g = gradient(problem, model, 0, job);
    for (std::size_t j = 0; j < model.size(); ++j) model[j] -= static_cast<Real>(step_size) * g[j];
  }

  EXPECT_EQ(trained(1, recipe::Sgd{.step_size = eta}.method()), model);
  EXPECT_EQ(trained(1, recipe::MinibatchSgd{.step_size = eta}.method()), model);
  EXPECT_EQ(trained(1, recipe::RandomReshuffling{.step_size = eta}.method()), model);
  EXPECT_EQ(trained(1, recipe::ShuffleOnce{.step_size = eta}.method()), model);
  EXPECT_EQ(trained(1, recipe::AsyncSgd{.step_size = eta}.method()), model);
  EXPECT_EQ(trained(1, recipe::RandomAsyncSgd{.step_size = eta}.method()), model);
  EXPECT_EQ(trained(1, recipe::ShuffledAsyncSgd{.step_size = eta}.method()), model);
  EXPECT_EQ(trained(1, recipe::ClippedAsyncSgd{.step_size = eta, .threshold = infinity}.method()),
            model);
  EXPECT_EQ(
      trained(1,
              recipe::FederatedClippedAsyncSgd{.step_size = eta, .threshold = infinity}.method()),
      model);
}

TEST(Coincidence, WaitingForAllIsMiniBatchSgdInABareLoop) {
  constexpr WorkerId workers = 7;
  const problem::Problem& problem = problem_for(workers);
  std::vector<Real> model = starting_point(problem);
  for (JobNumber job = 0; job < steps; ++job) {
    std::vector<double> sum(model.size(), 0);
    for (WorkerId worker = 0; worker < workers; ++worker) {
      const std::vector<Real> g = gradient(problem, model, worker, job);
      for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += (1.0 / workers) * g[j];
    }
    for (std::size_t j = 0; j < model.size(); ++j) {
      model[j] -= static_cast<Real>(step_size) * static_cast<Real>(sum[j]);
    }
  }

  EXPECT_EQ(trained(workers, recipe::MinibatchSgd{.step_size = eta}.method()), model);
  EXPECT_EQ(trained(workers, recipe::AsyncSgd{.step_size = eta, .wait = workers}.method()), model);
  policy::Method as_local_steps =
      recipe::LocalSgd{.local_step_size = policy::ConstantStep{.value = 1}, .step_size = eta}
          .method();
  EXPECT_EQ(trained(workers, as_local_steps), model);
}

TEST(Coincidence, ABufferOfOneIsPure) {
  const policy::Method pure = recipe::AsyncSgd{.step_size = eta}.method();
  policy::Method at_once = pure;
  at_once.combine = policy::AtOnce{};
  at_once.next.when = policy::When::at_once;

  const std::vector<Real> model = trained(7, pure);

  EXPECT_EQ(trained(7, at_once), model);
  EXPECT_EQ(trained(7, recipe::FedBuff{.local_step_size = policy::ConstantStep{.value = 1},
                                       .buffer = 1,
                                       .staleness = policy::ConstantWeight{},
                                       .step_size = eta}
                           .method()),
            model);
}

/// Sets every coordinate that is not zero to `size` with its sign.
struct ScaledSign {
  static constexpr std::string_view name = "scaled_sign";
  static constexpr std::string_view summary = "The sign, scaled.";
  static constexpr Law laws = Law{};
  double size = 1;
  static void fields(auto& /*self*/, auto&& /*field*/) {}
  void apply(const policy::Arrival& /*arrival*/, policy::Update& update) {
    update.then(policy::Pass::of(*this));
  }
  void run(const policy::Block& block) const {
    for (std::size_t j = 0; j < block.size; ++j) {
      const Real value = block.scale * block.in[j];
      block.out[j] = value == 0 ? Real{0} : std::copysign(static_cast<Real>(size), value);
    }
  }
};

TEST(Coincidence, BiClipWithOneBoundIsScaledSign) {
  policy::Method clipped = recipe::AsyncSgd{.step_size = eta}.method();
  policy::Method sign = clipped;
  clipped.each = {policy::BiClip{.lower = 0.01, .upper = 0.01}};
  sign.each = {ScaledSign{.size = 0.01}};

  EXPECT_EQ(trained(7, clipped), trained(7, sign));
}

TEST(Coincidence, ClippingAtInfinityIsNoClipping) {
  const std::vector<Real> model = trained(7, recipe::AsyncSgd{.step_size = eta}.method());

  for (const policy::AnyTransform& clip : std::vector<policy::AnyTransform>{
           policy::ClipNorm{.threshold = infinity}, policy::ClipCoordinates{.threshold = infinity},
           policy::BiClip{.lower = 0, .upper = infinity},
           policy::BiClip{.form = policy::ClipForm::norm, .lower = 0, .upper = infinity}}) {
    policy::Method method = recipe::AsyncSgd{.step_size = eta}.method();
    method.each = {clip};
    EXPECT_EQ(trained(7, method), model) << clip.name();
  }
}

TEST(Coincidence, ShuffledWithOneJobInFlightIsRandomReshuffling) {
  EXPECT_EQ(trained(7, recipe::ShuffledAsyncSgd{.step_size = eta, .concurrency = 1}.method()),
            trained(7, recipe::RandomReshuffling{.step_size = eta}.method()));
  EXPECT_EQ(trained(7, recipe::RandomAsyncSgd{.step_size = eta, .concurrency = 1}.method()),
            trained(7, recipe::Sgd{.step_size = eta}.method()));
}

TEST(Coincidence, OneLocalStepIsAGradientTimesItsStepSize) {
  policy::Method gradients =
      recipe::AsyncSgd{.step_size = policy::ConstantStep{.value = 0.25}}.method();
  policy::Method displacements = gradients;
  displacements.local.step_size = policy::ConstantStep{.value = 0.25};
  displacements.step_size = policy::ConstantStep{.value = 1};

  EXPECT_EQ(trained(7, displacements), trained(7, gradients));
}

TEST(Coincidence, ClippingOnTheWorkerIsClippingOnTheServer) {
  const std::vector<Real> server =
      trained(7, recipe::ClippedAsyncSgd{.step_size = eta, .threshold = 0.5}.method());
  policy::Method on_the_worker = recipe::AsyncSgd{.step_size = eta}.method();
  on_the_worker.local = {.step_size = policy::ConstantStep{.value = 1},
                         .each = {policy::ClipNorm{.threshold = 0.5}}};

  const std::vector<Real> worker = trained(7, on_the_worker);

  // The worker rounds the clipped gradient, the server only the step: the same up to rounding.
  for (std::size_t j = 0; j < server.size(); ++j) EXPECT_NEAR(worker[j], server[j], 1e-4);
}

}  // namespace
}  // namespace tailrace::engine
