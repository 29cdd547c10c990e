#include <ATen/ATen.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <torch/optim/sgd.h>

#include "tailrace/delay/workers.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/recipe/sgd.hpp"
#include "tailrace/torch/build_network.hpp"
#include "tailrace/torch/model_network.hpp"
#include "tailrace/torch/problem.hpp"
#include "tests/torch/problems_test.hpp"

/// One worker of Tailrace does what a plain training loop of LibTorch does.
namespace tailrace::torch {
namespace {

using namespace tailrace::torch::testing;

const neural::TaskShape images{.sample = {3, 32, 32}, .outputs = 10};
constexpr std::uint32_t batch = 16;
constexpr std::size_t steps = 50;
constexpr double step_size = 0.02;

struct Trained {
  std::vector<double> losses;  ///< of each step's batch, before the step
  std::vector<Real> model;
};

Trained by_tailrace(const NetworkFactory& factory, neural::SharedSamples samples) {
  Trained trained;
  Definition definition;
  definition.network = factory;
  definition.initialize = [](Network& network, std::uint64_t seed) { initialize(network, seed); };
  definition.loss = [&](const at::Tensor& outputs, const at::Tensor& targets) {
    const at::Tensor loss = at::cross_entropy_loss(outputs, targets);
    if (targets.size(0) == batch) trained.losses.push_back(loss.item<double>());
    return loss;
  };
  // Evaluations are of another size than batches, so that the two can be told apart.
  const auto problem = built(
      make_problem(std::move(definition),
                   course_of({.batch = batch, .evaluate = {.train = 4}}, std::move(samples))));
  const auto timing = delay::build_timing({.count = 1}, {.seed = 1});
  auto result =
      engine::simulate(*problem, recipe::Sgd{.step_size = policy::ConstantStep{step_size}}.method(),
                       **timing, {.stop = {.steps = steps}});
  EXPECT_TRUE(result);
  trained.model = std::move(result->model);
  return trained;
}

/// x - c g, as LibTorch's optimizer computes it or rounded twice, product and difference.
enum class Step { of_the_optimizer, rounded_twice };

Trained by_a_bare_loop(const NetworkFactory& factory, const PlainSamples& samples, Step step) {
  const std::unique_ptr<Network> network = factory();
  initialize(*network, 1);
  network->train(true);
  std::vector<at::Tensor> parameters;
  for (const NamedTensor& each : network->parameters()) parameters.push_back(each.tensor);
  ::torch::optim::SGD optimizer(parameters, ::torch::optim::SGDOptions(step_size));
  Trained trained;
  for (const std::vector<std::uint32_t>& numbers : samples.drawn()) {
    neural::Batch filled;
    samples.fill(numbers, nullptr, filled);
    Inputs inputs;
    inputs.values = at::tensor(filled.values).view({batch, 3, 32, 32});
    optimizer.zero_grad();
    const at::Tensor loss =
        at::cross_entropy_loss(network->forward(inputs), at::tensor(filled.classes));
    loss.backward();
    if (step == Step::of_the_optimizer) {
      optimizer.step();
    } else {
      const at::NoGradGuard no_gradients;
      for (const at::Tensor& parameter : parameters) parameter.sub_(parameter.grad() * step_size);
    }
    trained.losses.push_back(loss.item<double>());
  }
  for (const at::Tensor& parameter : parameters) {
    const Real* const begin = parameter.data_ptr<float>();
    trained.model.insert(trained.model.end(), begin, begin + parameter.numel());
  }
  return trained;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 0;
  for (std::size_t k = 0; k < a.size(); ++k) most = std::max(most, std::abs(a[k] - b[k]));
  return most;
}

/// With steps rounded twice all losses and the final model are equal to the bit. LibTorch's own
/// optimizer computes x - c g in one fused multiply-add where the processor has one: the first loss
/// is equal, and from there on a rounding a step, which relus enlarge, parts the two.
void expect_the_losses_of_a_bare_loop(const neural::Model& model) {
  const auto samples = random_samples(images, 64);
  const auto factory = network_factory(model, images);
  ASSERT_TRUE(factory);

  const Trained ours = by_tailrace(*factory, samples);
  const Trained bare = by_a_bare_loop(*factory, *samples, Step::of_the_optimizer);
  const Trained twice = by_a_bare_loop(*factory, *samples, Step::rounded_twice);

  ASSERT_EQ(ours.losses.size(), steps);
  EXPECT_EQ(ours.losses, twice.losses);
  EXPECT_EQ(ours.model, twice.model);
  EXPECT_EQ(ours.losses[0], bare.losses[0]);
  EXPECT_LT(largest_difference(ours.losses, bare.losses), 1e-4);
  expect_close(ours.model, bare.model, 1e-4);
  EXPECT_LT(ours.losses.back(), ours.losses.front()) << "it should learn something";
  ::testing::Test::RecordProperty(
      "largest_difference", fmt::format("{:.2g}", largest_difference(ours.losses, bare.losses)));
}

TEST(OneWorker, TrainsACnnWithTheLossesOfABareLoop) {
  expect_the_losses_of_a_bare_loop(neural::Cnn{.first = 8, .second = 16, .hidden = 32});
}

TEST(OneWorker, TrainsAVisionTransformerWithTheLossesOfABareLoop) {
  expect_the_losses_of_a_bare_loop(neural::Vit{.patch = 8, .width = 48, .depth = 2, .heads = 3});
}

}  // namespace
}  // namespace tailrace::torch
