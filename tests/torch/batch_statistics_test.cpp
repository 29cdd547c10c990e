#include "tailrace/torch/batch_statistics.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tailrace/torch/problem.hpp"
#include "tests/torch/problems_test.hpp"

/// Batch normalization under its three rules, on numbers that a hand can check.
namespace tailrace::torch {
namespace {

using namespace tailrace::torch::testing;
using neural::BatchStatistics;

struct NormOptions {
  double momentum = 0.1;  ///< 0: the mean over all batches so far
  bool drops = false;     ///< LibTorch's dropout before it
};

/// Two features, normalized; nothing else.
class Norm final : public Network {
 public:
  explicit Norm(NormOptions options) : options_(options) {
    weight_.set_requires_grad(true);
    bias_.set_requires_grad(true);
  }
  std::vector<NamedTensor> parameters() const override {
    return {{"weight", weight_}, {"bias", bias_}};
  }
  std::vector<NamedTensor> buffers() const override {
    return {{"running_mean", mean_}, {"running_var", variance_}, {"batches", batches_}};
  }
  void train(bool on) override { training_ = on; }
  bool draws_globally() const override { return options_.drops; }

  at::Tensor forward(const Inputs& inputs) override {
    if (training_) batches_.add_(1);
    const double momentum =
        options_.momentum > 0 ? options_.momentum : 1 / std::max(1.0, batches_.item<double>());
    const at::Tensor values =
        options_.drops ? at::dropout(inputs.values, 0.5, training_) : inputs.values;
    return at::batch_norm(values, weight_, bias_, mean_, variance_, training_, momentum, 1e-5,
                          false);
  }

 private:
  NormOptions options_;
  bool training_ = false;
  at::Tensor weight_ = at::ones({2});
  at::Tensor bias_ = at::zeros({2});
  at::Tensor mean_ = at::zeros({2});
  at::Tensor variance_ = at::ones({2});
  at::Tensor batches_ = at::zeros({1});
};

// Batches of two: mean (1, 2) and variance (2, 8), then mean (6, 0) and variance (8, 0).
// On average: mean (3.5, 1) and variance (5, 4).
const std::vector<float> values = {0, 0, 2, 4, 4, 0, 8, 0};

std::shared_ptr<const PlainSamples> training_samples() {
  return listed_samples(2, values, std::vector<float>(8));
}

std::unique_ptr<problem::Problem> norm_problem(BatchStatistics rule, NormOptions options = {}) {
  const float five = std::sqrt(5.0F);
  const auto test = listed_samples(2, {3.5F, 1, 3.5F + five, 3}, std::vector<float>(4));
  Definition definition;
  definition.network = [options] { return std::make_unique<Norm>(options); };
  return built(make_problem(
      std::move(definition),
      course_of({.batch = 2, .batch_statistics = rule, .evaluate = {.train = 0, .batch = 2}},
                training_samples(), 1, test)));
}

const std::vector<Real> ones_and_zeros = {1, 1, 0, 0};  // weights and biases

TEST(AverageStatistics, AreThoseOfTheBatchesWhateverTheMomentum) {
  for (const double momentum : {0.1, 0.7, 1.0, 0.0}) {
    const Norm norm({.momentum = momentum});
    const Layout layout = layout_of(norm);
    Replica replica(std::make_unique<Norm>(NormOptions{.momentum = momentum}), layout, at::kCPU);
    replica.load(ones_and_zeros);

    const auto averages = average_statistics(replica, *training_samples(), {{0, 1}, {2, 3}});

    ASSERT_EQ(averages.size(), 2U);
    EXPECT_NEAR(averages[0][0].item<double>(), 3.5, 1e-5) << momentum;
    EXPECT_NEAR(averages[0][1].item<double>(), 1, 1e-5) << momentum;
    EXPECT_NEAR(averages[1][0].item<double>(), 5, 1e-5) << momentum;
    EXPECT_NEAR(averages[1][1].item<double>(), 4, 1e-5) << momentum;
  }
}

TEST(AveragedStatistics, NormalizeWhatIsTested) {
  // The test samples become (0, 0) and (1, 1): squared errors 0 and 1.
  const auto problem = norm_problem(BatchStatistics::averaged);

  EXPECT_NEAR(*problem->evaluate(ones_and_zeros, nullptr).test_loss, 0.5, 1e-5);
}

TEST(LocalStatistics, AreThoseOfTheTestBatch) {
  // Any two different samples become -1 and 1.
  const auto problem = norm_problem(BatchStatistics::local);

  EXPECT_NEAR(*problem->evaluate(ones_and_zeros, nullptr).test_loss, 1, 1e-4);
}

TEST(FrozenStatistics, StayAsTheyBegan) {
  // Mean 0 and variance 1: samples stay as they are. Squares of 3.5, 1, 3.5 + sqrt(5), 3, on
  // average.
  const auto problem = norm_problem(BatchStatistics::frozen);
  const double expected = (12.25 + 1 + std::pow(3.5 + std::sqrt(5.0), 2) + 9) / 4;

  EXPECT_NEAR(*problem->evaluate(ones_and_zeros, nullptr).test_loss, expected, 1e-3);
}

TEST(FrozenStatistics, AreWhatGradientsNormalizeWith) {
  // Loss = mean of (v + bias)^2 over two features: its slope in a bias is the mean of that feature.
  const auto samples = training_samples();
  Definition definition;
  definition.network = [] { return std::make_unique<Norm>(NormOptions{}); };
  const auto problem = built(
      make_problem(std::move(definition),
                   course_of({.batch = 0, .batch_statistics = BatchStatistics::frozen}, samples)));

  const std::vector<Real> gradient = gradient_of(*problem, ones_and_zeros);

  EXPECT_NEAR(gradient[2], 3.5, 1e-4);
  EXPECT_NEAR(gradient[3], 1, 1e-4);
}

// Normalized by other batches, the same samples have other gradients: the mean over batches is out
// of reach unless nothing is normalized by them.
TEST(MeanGradient, IsGivenOfFrozenStatisticsAlone) {
  const auto has_mean = [](BatchStatistics rule) {
    std::vector<Real> mean(ones_and_zeros.size());
    return norm_problem(rule)->oracle()->mean_gradient(0, ones_and_zeros, mean);
  };

  EXPECT_TRUE(has_mean(BatchStatistics::frozen));
  EXPECT_FALSE(has_mean(BatchStatistics::averaged));
  EXPECT_FALSE(has_mean(BatchStatistics::local));
}

TEST(BatchStatistics, OfAJobLeaveNoTraceInAnotherOrInAnEvaluation) {
  for (const BatchStatistics rule :
       {BatchStatistics::averaged, BatchStatistics::local, BatchStatistics::frozen}) {
    const auto problem = norm_problem(rule);
    const std::vector<Real> before = gradient_of(*problem, ones_and_zeros);
    const problem::Evaluation evaluated = problem->evaluate(ones_and_zeros, nullptr);

    for (JobNumber job = 1; job < 9; ++job) {
      static_cast<void>(gradient_of(*problem, std::vector<Real>{3, 2, 1, -1}, 0, job));
    }

    const problem::Evaluation again = problem->evaluate(ones_and_zeros, nullptr);
    EXPECT_EQ(gradient_of(*problem, ones_and_zeros), before);
    EXPECT_EQ(again.loss, evaluated.loss);
    EXPECT_EQ(again.gradient_norm, evaluated.gradient_norm);
    EXPECT_EQ(again.test_loss, evaluated.test_loss);
  }
}

TEST(BatchStatistics, OfANetworkThatDrawsGloballyLeaveNoTraceEither) {
  const auto problem = norm_problem(BatchStatistics::averaged, {.drops = true});
  const problem::Evaluation evaluated = problem->evaluate(ones_and_zeros, nullptr);

  const std::vector<Real> one = gradient_of(*problem, ones_and_zeros, 0, 1);
  const std::vector<Real> two = gradient_of(*problem, ones_and_zeros, 0, 2);

  const problem::Evaluation again = problem->evaluate(ones_and_zeros, nullptr);
  EXPECT_EQ(again.loss, evaluated.loss);
  EXPECT_EQ(again.test_loss, evaluated.test_loss);
  EXPECT_EQ(gradient_of(*problem, ones_and_zeros, 0, 1), one);
  EXPECT_NE(one, two);
}

}  // namespace
}  // namespace tailrace::torch
