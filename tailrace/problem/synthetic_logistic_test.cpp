#include "tailrace/problem/synthetic_logistic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tailrace/core/statistical_test.hpp"

namespace tailrace::problem {
namespace {

data::SparseRows samples_of(const SyntheticLogistic& options, WorkerId worker) {
  data::SparseRows train;
  data::SparseRows test;
  draw_worker_samples(options, 1, worker, train, test);
  return train;
}

/// Mean and variance of feature k over the rows.
struct Moments {
  double mean = 0;
  double variance = 0;
};
Moments moments(const data::SparseRows& rows, std::size_t k) {
  const auto count = static_cast<double>(rows.size());
  Moments result;
  for (std::size_t r = 0; r < rows.size(); ++r) result.mean += rows.row(r).values[k] / count;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    result.variance += std::pow(rows.row(r).values[k] - result.mean, 2) / count;
  }
  return result;
}

// 20,000 samples: the relative standard deviation of a variance is 1%; six of them.
TEST(SyntheticLogistic, HasFeaturesOfVarianceKToTheMinusOnePointTwo) {
  const data::SparseRows rows = samples_of({.dimension = 5, .samples = 20'000}, 0);
  for (std::size_t k = 0; k < 5; ++k) {
    const double expected = std::pow(static_cast<double>(k + 1), -1.2);
    EXPECT_NEAR(moments(rows, k).variance, expected, 0.06 * expected) << k;
  }
}

// One feature; over 2,000 workers its mean is v ~ N(0, beta + 1), blurred by the mean of 1,000
// samples of variance 1. False alarm 1e-6.
TEST(SyntheticLogistic, HasInputsWhoseMeansDifferBetweenWorkersByBeta) {
  for (const double beta : {0.0, 8.0}) {
    std::vector<double> means;
    const SyntheticLogistic options{.beta = beta, .dimension = 1, .samples = 1000};
    for (WorkerId worker = 0; worker < 2000; ++worker) {
      means.push_back(moments(samples_of(options, worker), 0).mean);
    }
    const double deviation = std::sqrt(beta + 1 + 0.001);

    tailrace::testing::expect_follows(
        means, [&](double x) { return 0.5 * std::erfc(-x / deviation / std::sqrt(2)); });
  }
}

// With a huge alpha a worker's truth is u (1, ..., 1) with offset u, up to 1: labels are the sign
// of u (1 + sum of features), but for samples within about 1/1000 of that plane.
TEST(SyntheticLogistic, LabelsByTheWorkersOwnTruth) {
  const SyntheticLogistic options{.alpha = 1e12, .dimension = 3, .samples = 1000};
  int positive_truths = 0;
  for (WorkerId worker = 0; worker < 20; ++worker) {
    const data::SparseRows rows = samples_of(options, worker);
    int agreeing = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const auto x = rows.row(r).values;
      agreeing += ((1 + x[0] + x[1] + x[2] > 0) == (rows.row(r).label > 0));
    }
    EXPECT_TRUE(agreeing < 20 || agreeing > 980) << agreeing;
    positive_truths += agreeing > 500;
  }
  EXPECT_GT(positive_truths, 0);
  EXPECT_LT(positive_truths, 20);
}

TEST(SyntheticLogistic, GivesEveryWorkerItsOwnSamplesAndATestPart) {
  const SyntheticLogistic options{.dimension = 4, .samples = 30, .test_samples = 10};
  const auto problem = options.build({.workers = 3, .seed = 1}).value();
  const std::vector<Real> zero(4);

  EXPECT_EQ(problem->describe(),
            "logistic on synthetic(1, 1): 90 rows, 4 features, 3 shards of 30");
  const Evaluation evaluation = problem->evaluate(zero, nullptr);
  EXPECT_NEAR(evaluation.loss, std::log(2), 1e-12);
  EXPECT_NEAR(evaluation.test_loss.value(), std::log(2), 1e-12);
  EXPECT_NE(samples_of(options, 0).values, samples_of(options, 1).values);
}

TEST(SyntheticLogistic, HasNoTestFiguresWithoutTestSamples) {
  const auto problem = SyntheticLogistic{.dimension = 2, .samples = 5, .test_samples = 0}
                           .build({.workers = 2, .seed = 1})
                           .value();

  EXPECT_EQ(problem->evaluate(std::vector<Real>(2), nullptr).test_loss, std::nullopt);
}

}  // namespace
}  // namespace tailrace::problem
