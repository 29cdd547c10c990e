#include "tailrace/problem/quadratic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "tailrace/core/statistical_test.hpp"
#include "tailrace/problem/tridiagonal.hpp"

namespace tailrace::problem {
namespace {

using ::testing::ElementsAre;

std::vector<Real> gradient(const Problem& problem, WorkerId worker,
                           const std::vector<Real>& model) {
  std::vector<Real> out(problem.dimension());
  problem.oracle()->gradient({.worker = worker, .model = model}, out);
  return out;
}

/// Column j of the Hessian, as a difference of gradients.
std::vector<double> hessian_column(const Problem& problem, std::size_t j) {
  std::vector<Real> point(problem.dimension());
  const std::vector<Real> at_zero = gradient(problem, 0, point);
  point[j] = 1;
  const std::vector<Real> moved = gradient(problem, 0, point);
  std::vector<double> column;
  for (std::size_t i = 0; i < point.size(); ++i) {
    column.push_back(static_cast<double>(moved[i]) - static_cast<double>(at_zero[i]));
  }
  return column;
}

double mean_squared_tilt(const Problem& problem) {
  const std::vector<Real> point(problem.dimension());
  const auto n = static_cast<WorkerId>(problem.workers());
  std::vector<double> mean(problem.dimension());
  for (WorkerId i = 0; i < n; ++i) {
    const std::vector<Real> part = gradient(problem, i, point);
    for (std::size_t j = 0; j < mean.size(); ++j) mean[j] += part[j] / static_cast<double>(n);
  }
  double squares = 0;
  for (WorkerId i = 0; i < n; ++i) {
    const std::vector<Real> part = gradient(problem, i, point);
    for (std::size_t j = 0; j < mean.size(); ++j) squares += std::pow(part[j] - mean[j], 2);
  }
  return squares / n;
}

Errors errors_of(const Quadratic& options) {
  const BuiltProblem problem = options.build({.workers = 2, .seed = 1});
  if (problem) ADD_FAILURE() << "was built";
  return problem ? Errors{Error{}} : problem.error();
}

TEST(Quadratic, HasTheSpectrumItIsGivenInARandomOrientation) {
  const auto problem =
      Quadratic{.spectrum = Listed{{0, 1, 1, 2, 5}}}.build({.workers = 1, .seed = 3}).value();
  std::vector<std::vector<double>> a;
  for (std::size_t j = 0; j < 5; ++j) a.push_back(hessian_column(*problem, j));
  double trace = 0;
  double trace_of_square = 0;
  double trace_of_cube = 0;
  double off_diagonal = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    trace += a[i][i];
    for (std::size_t j = 0; j < 5; ++j) {
      EXPECT_NEAR(a[i][j], a[j][i], 1e-5);
      if (i != j) off_diagonal += std::fabs(a[i][j]);
      trace_of_square += a[i][j] * a[j][i];
      for (std::size_t k = 0; k < 5; ++k) trace_of_cube += a[i][j] * a[j][k] * a[k][i];
    }
  }

  EXPECT_NEAR(trace, 9, 1e-5);             // 0 + 1 + 1 + 2 + 5
  EXPECT_NEAR(trace_of_square, 31, 1e-4);  // 0 + 1 + 1 + 4 + 25
  EXPECT_NEAR(trace_of_cube, 135, 1e-3);   // 0 + 1 + 1 + 8 + 125
  EXPECT_GT(off_diagonal, 1);
}

// The first element is cos^2 of a uniform angle: arcsine law. 3,000 seeds, false alarm 1e-6.
TEST(Quadratic, IsOrientedUniformly) {
  std::vector<double> elements;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const auto problem =
        Quadratic{.spectrum = Listed{{1, 0}}}.build({.workers = 1, .seed = seed}).value();
    elements.push_back(hessian_column(*problem, 0)[0]);
  }

  tailrace::testing::expect_follows(elements, [](double x) {
    return 2 / std::numbers::pi * std::asin(std::sqrt(std::clamp(x, 0.0, 1.0)));
  });
}

TEST(Quadratic, SpreadsEigenvaluesByValueOrByRatio) {
  const auto trace_of = [](Spacing spacing) {
    const Spread spread{.dimension = 3, .smallest = 1, .largest = 4, .spacing = spacing};
    const auto problem = Quadratic{.spectrum = spread}.build({.workers = 1, .seed = 1}).value();
    double trace = 0;
    for (std::size_t j = 0; j < 3; ++j) trace += hessian_column(*problem, j)[j];
    return trace;
  };

  EXPECT_NEAR(trace_of(Spacing::linear), 7.5, 1e-5);     // 1 + 2.5 + 4
  EXPECT_NEAR(trace_of(Spacing::logarithmic), 7, 1e-5);  // 1 + 2 + 4
}

TEST(Quadratic, HasHeterogeneityAsTheSpreadOfWorkersGradients) {
  const auto alike = Quadratic{}.build({.workers = 4, .seed = 1}).value();
  const auto different = Quadratic{.heterogeneity = 2}.build({.workers = 4, .seed = 1}).value();
  const auto alone = Quadratic{.heterogeneity = 2}.build({.workers = 1, .seed = 1}).value();

  EXPECT_EQ(mean_squared_tilt(*alike), 0);
  EXPECT_NEAR(mean_squared_tilt(*different), 4, 1e-5);
  EXPECT_EQ(mean_squared_tilt(*alone), 0);
  const std::vector<Real> point(100);
  EXPECT_EQ(alike->evaluate(point, nullptr).loss, different->evaluate(point, nullptr).loss);
}

TEST(Quadratic, InjectsNoiseFromItsStreamAlone) {
  const auto quiet = Quadratic{}.build({.workers = 1, .seed = 1}).value();
  const auto loud = Quadratic{.noise = Gaussian{.scale = 0.5, .shape = NoiseShape::scalar}}
                        .build({.workers = 1, .seed = 1})
                        .value();
  const std::vector<Real> point(100);
  const std::vector<Real> exact = gradient(*quiet, 0, point);
  std::vector<Real> noisy(100);
  Stream stream("noise");

  loud->oracle()->gradient({.model = point, .noise = &stream}, noisy);

  const Real shift = noisy[0] - exact[0];
  EXPECT_NE(shift, 0);
  for (std::size_t j = 0; j < noisy.size(); ++j) EXPECT_NEAR(noisy[j] - exact[j], shift, 1e-5);
}

TEST(Quadratic, RefusesSpectraThatAreNone) {
  const auto code_of = [](const Spectrum& spectrum) {
    return errors_of({.spectrum = spectrum}).front().code;
  };

  EXPECT_EQ(code_of(Listed{}), "problem/spectrum");
  EXPECT_EQ(code_of(Listed{{1, -1}}), "problem/spectrum");
  EXPECT_EQ(code_of(Listed{std::vector<double>(2049, 1.0)}), "problem/spectrum");
  EXPECT_EQ(code_of(Spread{.dimension = 0}), "problem/spectrum");
  EXPECT_EQ(code_of(Spread{.smallest = 2, .largest = 1}), "problem/spectrum");
  EXPECT_EQ(code_of(Spread{.smallest = 0}), "problem/spectrum");  // no ratio leads from 0 to 1
  EXPECT_TRUE((Quadratic{.spectrum = Spread{.smallest = 0, .spacing = Spacing::linear}}.build({})));
}

TEST(Tridiagonal, StartsOnTheFirstAxisAndMeasuresTheGapToItsMinimum) {
  const auto problem = Tridiagonal{.dimension = 4}.build({.workers = 2, .seed = 1}).value();
  std::vector<Real> start(4);
  problem->start(1, start);
  const std::vector<Real> zero(4);
  const std::vector<Real> best = {-0.8f, -0.6f, -0.4f, -0.2f};

  EXPECT_THAT(start, ElementsAre(2, 0, 0, 0));
  EXPECT_DOUBLE_EQ(problem->evaluate(zero, nullptr).loss, 0.1);   // d / (8 (d + 1))
  EXPECT_DOUBLE_EQ(problem->evaluate(start, nullptr).loss, 1.6);  // d / 4 + sqrt(d) / 4 + 0.1
  EXPECT_NEAR(problem->evaluate(best, nullptr).loss, 0, 1e-14);
}

TEST(Tridiagonal, HasTheGradientAXMinusB) {
  const auto problem = Tridiagonal{.dimension = 4}.build({.workers = 2, .seed = 1}).value();

  const std::vector<Real> at_zero = gradient(*problem, 1, {0, 0, 0, 0});
  const std::vector<Real> elsewhere = gradient(*problem, 1, {4, 0, 8, 4});

  EXPECT_NEAR(at_zero[0], 0.25, 1e-7);  // -b
  for (std::size_t j = 1; j < 4; ++j) EXPECT_NEAR(at_zero[j], 0, 1e-7);
  EXPECT_NEAR(elsewhere[0], 2.25, 1e-6);  // (2 * 4 - 0) / 4 + 1/4
  EXPECT_NEAR(elsewhere[1], -3, 1e-6);    // (0 - 4 - 8) / 4
  EXPECT_NEAR(elsewhere[2], 3, 1e-6);     // (16 - 0 - 4) / 4
  EXPECT_NEAR(elsewhere[3], 0, 1e-6);     // (8 - 8) / 4
}

TEST(Start, IsZeroOnesOrNormalOfTheSeed) {
  const auto start_of = [](const Start& start, std::uint64_t seed) {
    std::vector<Real> out(3000);
    write_start(start, seed, out);
    return out;
  };

  EXPECT_THAT(start_of(Zeros{}, 1), ::testing::Each(0));
  EXPECT_THAT(start_of(Ones{}, 1), ::testing::Each(1));
  EXPECT_EQ(start_of(Normal{}, 1), start_of(Normal{}, 1));
  EXPECT_NE(start_of(Normal{}, 1), start_of(Normal{}, 2));
  double squares = 0;
  for (const Real x : start_of(Normal{.scale = 2}, 1)) squares += static_cast<double>(x) * x;
  EXPECT_NEAR(squares / 3000, 4, 0.6);  // standard deviation 0.103; false alarm below 1e-6
}

}  // namespace
}  // namespace tailrace::problem
