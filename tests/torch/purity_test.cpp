#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <utility>

#include "tailrace/torch/problem.hpp"
#include "tests/torch/problems_test.hpp"

/// A gradient is a function of its job alone, whatever a network remembers or draws.
namespace tailrace::torch {
namespace {

using namespace tailrace::torch::testing;

/// outputs = (x . w) * what it does besides.
class Odd : public Network {
 public:
  std::vector<NamedTensor> parameters() const override { return {{"w", w_}}; }
  std::vector<NamedTensor> buffers() const override { return {{"passes", passes_}}; }
  void train(bool on) override { training_ = on; }
  at::Tensor forward(const Inputs& inputs) override {
    return at::matmul(inputs.values, w_).unsqueeze(-1) * factor();
  }

 protected:
  virtual at::Tensor factor() = 0;

  at::Tensor w_ = at::ones({2}).set_requires_grad(true);
  at::Tensor passes_ = at::zeros({1});
  bool training_ = false;
};

/// Multiplies by how often it was asked.
class Counting final : public Odd {
  at::Tensor factor() override { return passes_.add_(1).clone(); }
};

/// Drops half without saying so, also where it does not train.
class Dropping final : public Odd {
  at::Tensor factor() override { return at::bernoulli(at::full({1}, 0.5)) + 1; }
};

template <class N>
std::unique_ptr<problem::Problem> odd_problem() {
  const auto samples = listed_samples(2, {1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4});
  Definition definition;
  definition.network = [] { return std::make_unique<N>(); };
  return built(make_problem(std::move(definition), course_of({.batch = 2}, samples)));
}

TEST(Purity, WhatOneJobLeavesInABufferNoOtherSees) {
  const auto problem = odd_problem<Counting>();
  const std::vector<Real> model = {0.5F, -1};

  const std::vector<Real> first = gradient_of(*problem, model);
  const std::vector<Real> second = gradient_of(*problem, model);

  EXPECT_EQ(first, second);
}

TEST(Purity, AForgottenGlobalDrawIsSeenAndSeededByTheJob) {
  const auto problem = odd_problem<Dropping>();
  const std::vector<Real> model = {0.5F, -1};

  const std::vector<Real> first = gradient_of(*problem, model, 0, 7);
  at::rand({13});
  const std::vector<Real> second = gradient_of(*problem, model, 0, 7);

  EXPECT_EQ(first, second);
  std::vector<Real> mean(2);
  EXPECT_FALSE(problem->oracle()->mean_gradient(0, model, mean));
}

TEST(Purity, AnEvaluationDrawsTheSameWhoeverElseDraws) {
  const auto problem = odd_problem<Dropping>();
  const std::vector<Real> model = {0.5F, -1};

  const double first = problem->evaluate(model, nullptr).loss;
  at::rand({13});
  const double second = problem->evaluate(model, nullptr).loss;

  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace tailrace::torch
