#include "tailrace/core/distributions.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <vector>

#include "tailrace/core/statistical_test.hpp"

// Every check draws 50,000 samples unless it says otherwise; false alarm 1e-6 each.
namespace tailrace {
namespace {

using testing::expect_follows;
using testing::sample;

constexpr std::size_t count = 50'000;

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }
double cauchy_cdf(double x) { return 0.5 + std::atan(x) / std::numbers::pi; }

TEST(Distributions, StandardNormalFollowsTheNormalLaw) {
  Stream stream("normal");

  expect_follows(sample(count, [&] { return standard_normal(stream); }), normal_cdf);
}

TEST(Distributions, FillStandardNormalFollowsTheNormalLawInBothHalvesOfAPair) {
  Stream stream("fill normal");
  std::vector<double> values(2 * count + 1);  // odd, so that the last pair is cut

  fill_standard_normal(stream, values);

  std::vector<double> even;
  std::vector<double> odd;
  for (std::size_t i = 0; i < values.size(); ++i) (i % 2 == 0 ? even : odd).push_back(values[i]);
  expect_follows(even, normal_cdf);
  expect_follows(odd, normal_cdf);
}

TEST(Distributions, StandardExponentialFollowsTheExponentialLaw) {
  Stream stream("exponential");

  expect_follows(sample(count, [&] { return standard_exponential(stream); }),
                 [](double x) { return -std::expm1(-x); });
}

TEST(Distributions, StandardGammaFollowsItsClosedFormsBelowAtAndAboveShapeOne) {
  Stream stream("gamma");

  expect_follows(sample(count, [&] { return standard_gamma(stream, 0.5); }),
                 [](double x) { return std::erf(std::sqrt(x)); });
  expect_follows(sample(count, [&] { return standard_gamma(stream, 1); }),
                 [](double x) { return -std::expm1(-x); });
  expect_follows(sample(count, [&] { return standard_gamma(stream, 3); }),
                 [](double x) { return 1 - std::exp(-x) * (1 + x + x * x / 2); });
}

TEST(Distributions, StandardWeibullFollowsItsClosedForm) {
  Stream stream("weibull");
  for (const double shape : {0.5, 1.0, 3.0}) {
    expect_follows(sample(count, [&] { return standard_weibull(stream, shape); }),
                   [&](double x) { return -std::expm1(-std::pow(x, shape)); });
  }
}

TEST(Distributions, StandardParetoFollowsItsClosedForm) {
  Stream stream("pareto");
  for (const double tail_index : {0.8, 1.5, 4.0}) {
    expect_follows(sample(count, [&] { return standard_pareto(stream, tail_index); }),
                   [&](double x) { return x < 1 ? 0 : 1 - std::pow(x, -tail_index); });
  }
}

TEST(Distributions, StudentTFollowsItsClosedFormsAtOneAndTwoDegrees) {
  Stream stream("student");

  expect_follows(sample(count, [&] { return student_t(stream, 1); }), cauchy_cdf);
  expect_follows(sample(count, [&] { return student_t(stream, 2); }),
                 [](double x) { return 0.5 + x / (2 * std::sqrt(2 + x * x)); });
}

TEST(Distributions, SymmetricStableIsCauchyAtOneAndNormalOfVarianceTwoAtTwo) {
  Stream stream("stable");

  expect_follows(sample(count, [&] { return symmetric_stable(stream, 1); }), cauchy_cdf);
  expect_follows(sample(count, [&] { return symmetric_stable(stream, 2); }),
                 [](double x) { return normal_cdf(x / std::numbers::sqrt2); });
}

TEST(Distributions, SymmetricStableHasItsCharacteristicFunction) {
  Stream stream("stable characteristic function");
  for (const double alpha : {0.7, 1.3, 1.8}) {
    const auto draws = sample(count, [&] { return symmetric_stable(stream, alpha); });
    for (const double t : {0.3, 1.0, 2.0}) {
      SCOPED_TRACE(::testing::Message() << "alpha " << alpha << " t " << t);
      std::vector<double> cosines;
      for (const double x : draws) cosines.push_back(std::cos(t * x));

      testing::expect_mean_of_bounded(cosines, std::exp(-std::pow(t, alpha)), -1, 1);
    }
  }
}

TEST(Distributions, RandomSignGivesBothSignsEquallyOften) {
  Stream stream("sign");

  const auto draws = sample(count, [&] { return random_sign(stream, 3); });

  for (const double x : draws) EXPECT_EQ(std::fabs(x), 3);
  testing::expect_mean_of_bounded(draws, 0, -3, 3);
}

TEST(Distributions, PoissonFollowsItsProbabilitiesOnBothSidesOfTheSwitchAtTen) {
  Stream stream("poisson");
  for (const double mean : {0.3, 9.9, 10.0, 80.0, 1000.0}) {
    std::vector<double> cdf;
    for (double k = 0, sum = 0; k < 2 * mean + 60; ++k) {
      sum += std::exp(k * std::log(mean) - mean - std::lgamma(k + 1));
      cdf.push_back(sum);
    }
    SCOPED_TRACE(mean);
    expect_follows(sample(count, [&] { return static_cast<double>(poisson(stream, mean)); }),
                   [&](double x) {
                     if (x < 0) return 0.0;
                     return cdf[std::min(static_cast<std::size_t>(x), cdf.size() - 1)];
                   });
  }
}

TEST(Distributions, PoissonOfMeanZeroIsZero) {
  Stream stream("poisson zero");

  EXPECT_EQ(poisson(stream, 0), 0u);
}

TEST(Distributions, ShuffleReachesEveryOrderEquallyOften) {
  Stream stream("shuffle");
  std::map<std::array<int, 3>, double> order_number;  // 6 orders, numbered as they appear

  const auto draws = sample(count, [&] {
    std::array<int, 3> items{1, 2, 3};
    shuffle(stream, std::span<int>(items));
    return order_number.try_emplace(items, static_cast<double>(order_number.size())).first->second;
  });

  EXPECT_EQ(order_number.size(), 6u);
  expect_follows(draws, [](double x) { return std::clamp((std::floor(x) + 1) / 6, 0.0, 1.0); });
}

}  // namespace
}  // namespace tailrace
