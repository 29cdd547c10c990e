#include "tailrace/torch/module_problem.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/dropout.h>
#include <torch/nn/modules/linear.h>

#include <thread>

#include "tailrace/torch/tensor_samples.hpp"
#include "tests/torch/problems_test.hpp"

/// Modules and tensors of one's own as problems.
namespace tailrace::torch {
namespace {

using namespace tailrace::torch::testing;

struct Net : ::torch::nn::Module {
  at::Tensor forward(const at::Tensor& x) {
    return last->forward(dropout->forward(at::relu(first->forward(x))));
  }
  ::torch::nn::Linear first = register_module("first", ::torch::nn::Linear(3, 16));
  ::torch::nn::Dropout dropout = register_module("dropout", ::torch::nn::Dropout(0.5));
  ::torch::nn::Linear last = register_module("last", ::torch::nn::Linear(16, 2));
};

neural::SharedSamples samples() {
  const at::Tensor inputs = at::arange(60, at::kFloat).view({20, 3}) / 60;
  const auto made = tensor_samples(inputs, at::arange(20) % 2);
  EXPECT_TRUE(made);
  return *made;
}

std::unique_ptr<problem::Problem> net_problem() {
  return built(make_module_problem([] { return std::make_shared<Net>(); },
                                   {.train = samples(),
                                    .learning = {.batch = 4},
                                    .module = {.draws_globally = true},
                                    .title = "net"},
                                   {.workers = 2, .seed = 1}));
}

TEST(ModuleProblem, HasTheModulesParametersByName) {
  const auto problem = net_problem();

  EXPECT_EQ(problem->workers(), 2U);
  EXPECT_EQ(problem->dimension(), 3U * 16 + 16 + 16 * 2 + 2);
  EXPECT_EQ(problem->layout().tensors[0].name, "first.weight");
  EXPECT_EQ(problem->describe().substr(0, 18), "net, 98 parameters");
}

TEST(ModuleProblem, StartsFromWhatTheModuleIsMadeWithAfterSeeding) {
  const auto problem = net_problem();
  at::manual_seed(5);
  const Net net;

  const std::vector<Real> start = start_of(*problem, 5);

  const float* const first = net.first->weight.data_ptr<float>();
  EXPECT_TRUE(std::equal(first, first + 48, start.begin()));
  EXPECT_NE(start_of(*problem, 4), start);
}

TEST(ModuleProblem, WithDropoutOfLibTorchHasTheSameBitsOnTwoThreadsAtOnce) {
  const auto problem = net_problem();
  const std::vector<Real> model = start_of(*problem);
  const std::vector<Real> one = gradient_of(*problem, model, 0, 1);
  const std::vector<Real> two = gradient_of(*problem, model, 1, 2);

  for (int round = 0; round < 20; ++round) {
    const auto fresh = net_problem();  // its replicas are made while others draw
    std::vector<Real> here;
    std::vector<Real> there;
    std::thread other([&] { there = gradient_of(*fresh, model, 1, 2); });
    here = gradient_of(*fresh, model, 0, 1);
    other.join();

    EXPECT_EQ(here, one);
    EXPECT_EQ(there, two);
  }
  EXPECT_NE(gradient_of(*problem, model, 0, 3), one);
}

TEST(TensorSamples, TakeTensorsOfOtherTypesAndStrides) {
  const at::Tensor inputs = at::arange(6, at::kDouble).view({3, 2}).t();  // 2 samples of 3

  const auto made = tensor_samples(inputs, at::tensor({1.5, -2.0}, at::kFloat).view({2, 1}),
                                   {.loss = neural::Loss::squared_error});

  ASSERT_TRUE(made) << to_string(made.error());
  neural::Batch batch;
  (*made)->fill(std::vector<std::uint32_t>{1, 0}, nullptr, batch);
  EXPECT_EQ(batch.values, (std::vector<float>{1, 3, 5, 0, 2, 4}));
  EXPECT_EQ(batch.targets, (std::vector<float>{-2, 1.5}));
}

TEST(TensorSamples, RefuseTypesThatAreNoNumbersOfSamples) {
  const auto made = tensor_samples(at::ones({2, 3}), at::ones({2}, at::kComplexFloat));

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().front().code, "data/dtype");
  EXPECT_EQ(made.error().front().where, "targets");
}

}  // namespace
}  // namespace tailrace::torch
