#include "tailrace/torch/module_network.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tailrace/torch/network_test.hpp"

namespace tailrace::torch {
namespace {

/// Takes values alone; its second weight is the first one, its scale is not trained.
struct Tied : ::torch::nn::Module {
  Tied() {
    weight = register_parameter("weight", at::ones({2, 2}));
    register_parameter("again", weight);
    scale = register_parameter("scale", at::full({1}, 3.0F), /*requires_grad=*/false);
    seen = register_buffer("seen", at::zeros({1}));
  }
  at::Tensor forward(const at::Tensor& values) {
    if (is_training()) seen.add_(1);
    return at::matmul(at::matmul(values, weight), weight) * scale;
  }
  at::Tensor weight, scale, seen;
};

/// Takes everything.
struct ByLengths : ::torch::nn::Module {
  ByLengths() { weight = register_parameter("weight", at::ones({1})); }
  at::Tensor forward(const Inputs& inputs) {
    return inputs.lengths.to(at::kFloat).unsqueeze(1) * weight;
  }
  at::Tensor weight;
};

TEST(ModuleNetwork, TrainsEveryTensorOnceAndLeavesFixedOnesAlone) {
  const auto network = make_network(std::make_shared<Tied>());

  const std::vector<NamedTensor> parameters = network->parameters();
  const std::vector<NamedTensor> buffers = network->buffers();

  ASSERT_EQ(parameters.size(), 1U);
  EXPECT_EQ(parameters[0].name, "weight");
  ASSERT_EQ(buffers.size(), 2U);
  EXPECT_EQ(buffers[0].name, "scale");
  EXPECT_EQ(buffers[1].name, "seen");
}

TEST(ModuleNetwork, PassesValuesToAModuleThatTakesATensor) {
  const auto network = make_network(std::make_shared<Tied>());
  Inputs inputs;
  inputs.values = at::ones({1, 2});

  EXPECT_TRUE(same_bits(network->forward(inputs), at::full({1, 2}, 12.0F)));
}

TEST(ModuleNetwork, PassesAllInputsToAModuleThatTakesThem) {
  const auto network = make_network(std::make_shared<ByLengths>());
  Inputs inputs;
  inputs.lengths = at::full({3}, 5, at::kLong);

  EXPECT_TRUE(same_bits(network->forward(inputs), at::full({3, 1}, 5.0F)));
}

TEST(ModuleNetwork, TellsItsModuleWhetherItTrains) {
  const auto network = make_network(std::make_shared<Tied>());
  Inputs inputs;
  inputs.values = at::ones({1, 2});

  network->train(true);
  network->forward(inputs);
  network->train(false);
  network->forward(inputs);

  EXPECT_EQ(network->buffers()[1].tensor.item<float>(), 1);
}

TEST(ModuleNetwork, SaysWhetherItDrawsGloballyAsItWasTold) {
  EXPECT_FALSE(make_network(std::make_shared<Tied>())->draws_globally());
  EXPECT_TRUE(make_network(std::make_shared<Tied>(), {.draws_globally = true})->draws_globally());
}

}  // namespace
}  // namespace tailrace::torch
