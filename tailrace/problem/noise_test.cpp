#include "tailrace/problem/noise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "tailrace/core/statistical_test.hpp"

// Every statistical check looks at 60,000 numbers and has a false alarm of 1e-6.
namespace tailrace::problem {
namespace {

using tailrace::testing::expect_follows;
using tailrace::testing::expect_mean_of_bounded;
using ::testing::Each;
using ::testing::ElementsAre;

constexpr std::size_t count = 60'000;

std::vector<Real> noisy(const Noise& noise, Stream& stream, std::vector<Real> gradient) {
  std::vector<double> scratch;
  add_noise(noise, stream, gradient, scratch);
  return gradient;
}

/// `count` coordinates of noise, three a call.
std::vector<double> coordinates_of(const Noise& noise, std::string_view name) {
  Stream stream(name);
  std::vector<double> values;
  while (values.size() < count) {
    for (const Real x : noisy(noise, stream, {0, 0, 0})) values.push_back(static_cast<double>(x));
  }
  return values;
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double student_cdf_of_three_degrees(double t) {
  const double u = t / std::numbers::sqrt3;
  return 0.5 + (u / (1 + u * u) + std::atan(u)) / std::numbers::pi;
}

/// Of a variable symmetric about 0, from Pr[|xi| > x].
std::function<double(double)> symmetric(std::function<double(double)> tail) {
  return [tail](double x) { return x < 0 ? tail(-x) / 2 : 1 - tail(x) / 2; };
}

double pareto_tail(double x) { return x < 1 ? 1 : std::pow(x, -1.5); }

std::vector<double> scaled(std::vector<double> values, double factor) {
  for (double& x : values) x *= factor;
  return values;
}

TEST(Gaussian, FollowsTheNormalLawOfItsScale) {
  expect_follows(scaled(coordinates_of(Gaussian{.scale = 0.5}, "gaussian"), 2), normal_cdf);
}

TEST(StudentT, FollowsItsLaw) {
  expect_follows(coordinates_of(StudentT{.degrees = 3, .scale = 1}, "student"),
                 student_cdf_of_three_degrees);
}

TEST(Pareto, FollowsThePowerLawOnBothSides) {
  expect_follows(coordinates_of(Pareto{.tail_index = 1.5, .scale = 1}, "pareto"),
                 symmetric(pareto_tail));
}

TEST(Stable, HasItsCharacteristicFunction) {
  const std::vector<double> values = coordinates_of(Stable{.alpha = 1.5, .scale = 1}, "stable");
  for (const double t : {0.25, 1.0, 2.0}) {
    std::vector<double> waves;
    for (const double x : values) waves.push_back(std::cos(t * x));
    expect_mean_of_bounded(waves, std::exp(-std::pow(t, 1.5)), -1, 1);
  }
}

TEST(Stable, IsNormalWithVarianceTwoAtAlphaTwo) {
  expect_follows(coordinates_of(Stable{.alpha = 2, .scale = 1}, "stable"),
                 [](double x) { return normal_cdf(x / std::numbers::sqrt2); });
}

TEST(SubWeibull, FollowsTheStretchedExponentialOnBothSides) {
  expect_follows(coordinates_of(SubWeibull{.theta = 2, .scale = 1}, "sub-weibull"),
                 symmetric([](double x) { return std::exp(-std::sqrt(x)); }));
}

TEST(SubWeibull, IsExponentialAtThetaOneAndLighterAtOneHalf) {
  expect_follows(coordinates_of(SubWeibull{.theta = 1, .scale = 1}, "sub-weibull"),
                 symmetric([](double x) { return std::exp(-x); }));
  expect_follows(coordinates_of(SubWeibull{.theta = 0.5, .scale = 1}, "sub-weibull"),
                 symmetric([](double x) { return std::exp(-x * x); }));
}

TEST(NoiseShape, DirectionHasAHeavyTailedNormAndAUniformDirection) {
  const Pareto noise{.tail_index = 1.5, .scale = 1, .shape = NoiseShape::direction};
  Stream stream("direction");
  std::vector<double> norms;
  std::array<std::vector<double>, 3> directions;
  for (std::size_t k = 0; k < count; ++k) {
    const std::vector<Real> vector = noisy(noise, stream, {0, 0, 0});
    const double norm = std::hypot(vector[0], vector[1], vector[2]);
    norms.push_back(norm * (1 + 1e-6));  // at least 1 up to float rounding
    for (std::size_t j = 0; j < 3; ++j) directions[j].push_back(vector[j] / norm);
  }

  expect_follows(norms, [](double x) { return 1 - pareto_tail(x); });
  // Archimedes: on the sphere in three dimensions every coordinate is uniform on [-1, 1].
  for (const auto& coordinate : directions) {
    expect_follows(coordinate, [](double x) { return std::clamp((x + 1) / 2, 0.0, 1.0); });
  }
}

TEST(NoiseShape, ScalarAddsOneDrawToAllCoordinates) {
  const Gaussian noise{.scale = 1, .shape = NoiseShape::scalar};
  Stream stream("scalar");
  std::vector<double> draws;
  for (std::size_t k = 0; k < count; ++k) {
    const std::vector<Real> vector = noisy(noise, stream, {0, 0, 0, 0});
    EXPECT_THAT(vector, Each(vector[0]));
    draws.push_back(vector[0]);
  }

  expect_follows(draws, normal_cdf);
}

class EveryNoise : public ::testing::TestWithParam<Noise> {};

TEST_P(EveryNoise, AddsToTheGradientAndIsTheSameForTheSameStream) {
  Stream first("same");
  Stream second("same");
  Stream moved("same");

  const std::vector<Real> noise = noisy(GetParam(), first, {0, 0, 0, 0, 0});

  EXPECT_EQ(noise, noisy(GetParam(), second, {0, 0, 0, 0, 0}));
  const std::vector<Real> sum = noisy(GetParam(), moved, {1, 2, 3, 4, 5});
  for (std::size_t j = 0; j < sum.size(); ++j) {
    EXPECT_FLOAT_EQ(sum[j], static_cast<Real>(j + 1) + noise[j]) << j;
  }
}

TEST_P(EveryNoise, GrowsInProportionToItsScale) {
  Stream first("same");
  Stream second("same");
  const Noise doubled = std::visit(
      [](auto noise) -> Noise {
        if constexpr (requires { noise.scale; }) noise.scale *= 2;
        return noise;
      },
      GetParam());

  std::vector<Real> twice = noisy(GetParam(), first, {0, 0, 0});
  for (Real& x : twice) x *= 2;

  EXPECT_EQ(noisy(doubled, second, {0, 0, 0}), twice);
}

INSTANTIATE_TEST_SUITE_P(
    Noise, EveryNoise,
    ::testing::Values(Noise{NoNoise{}}, Noise{Gaussian{.scale = 0.5}},
                      Noise{StudentT{.scale = 0.5}}, Noise{Pareto{.scale = 0.5}},
                      Noise{Stable{.scale = 0.5}}, Noise{SubWeibull{.scale = 0.5}},
                      Noise{Pareto{.scale = 0.5, .shape = NoiseShape::direction}},
                      Noise{Gaussian{.scale = 0.5, .shape = NoiseShape::scalar}}));

TEST(Noise, OfScaleZeroOrNoneLeavesTheGradientAlone) {
  Stream stream("zero");

  EXPECT_THAT(noisy(NoNoise{}, stream, {1, 2}), ElementsAre(1, 2));
  EXPECT_THAT(noisy(Pareto{.scale = 0}, stream, {1, 2}), ElementsAre(1, 2));
}

}  // namespace
}  // namespace tailrace::problem
