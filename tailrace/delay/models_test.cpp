#include "tailrace/delay/models.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tailrace/core/field_range.hpp"
#include "tailrace/core/statistical_test.hpp"

// Every check draws 50,000 samples; false alarm 1e-6 each.
namespace tailrace::delay {
namespace {

using tailrace::testing::expect_follows;
using tailrace::testing::expect_mean;

constexpr double mean = 2;  // s_i [s]

/// Times of worker 3 of 8 on one stream.
template <DelayModel Model>
std::vector<double> draws(const Model& model) {
  const auto sampler = prepare(model, {.workers = 8, .seed = 1});
  Stream stream(Model::name);
  StepName step{.worker = 3, .number = 0};
  return tailrace::testing::sample(50'000, [&] {
    const double time = sampler->draw(mean, step, stream);
    ++step.number;
    return time;
  });
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

TEST(Fixed, TakesTheBaseTime) { EXPECT_THAT(draws(Fixed{}), ::testing::Each(mean)); }

TEST(Poisson, DrawsAPoissonNumberOfTicks) {
  // Mean 4 ticks of 0.5 s.
  expect_follows(draws(Poisson{.tick = 0.5}), [](double x) {
    double sum = 0;
    double probability = std::exp(-4);
    for (double k = 0; k <= x / 0.5; ++k) {
      sum += probability;
      probability *= 4 / (k + 1);
    }
    return sum;
  });
}

TEST(Normal, FoldsANormalOfStandardDeviationEqualToTheMean) {
  expect_follows(draws(Normal{}), [](double x) {
    const double y = std::max(x - 1, 0.0);
    return normal_cdf((y - mean) / mean) - normal_cdf((-y - mean) / mean);
  });
}

TEST(Normal, WithoutDeviationIsTheOffsetAndTheBaseTime) {
  EXPECT_THAT(draws(Normal{.offset = 0.5, .deviation = 0}), ::testing::Each(2.5));
}

TEST(HalfNormal, AddsAHalfNormal) {
  expect_follows(draws(HalfNormal{.scale = 0.5}), [](double x) {
    return x < mean ? 0 : std::erf((x - mean) / 0.5 / std::numbers::sqrt2);
  });
}

TEST(HalfNormal, JittersWorkerThreeFourTimesAsMuchWhenScaledByWorker) {
  expect_follows(draws(HalfNormal{.scale = 0.5, .scale_by_worker = true}), [](double x) {
    return x < mean ? 0 : std::erf((x - mean) / 2 / std::numbers::sqrt2);
  });
}

TEST(Uniform, IsUniformBetweenMultiplesOfTheBaseTime) {
  expect_follows(draws(Uniform{.low = 0.5, .high = 1.5}),
                 [](double x) { return std::clamp((x - 1) / 2, 0.0, 1.0); });
}

TEST(Uniform, RefusesAnEmptyInterval) {
  const auto result = Uniform{.low = 2, .high = 1}.prepare({});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().front().code, "delay/empty-interval");
}

TEST(Exponential, IsMemorylessAroundTheMean) {
  expect_follows(draws(Exponential{}), [](double x) { return -std::expm1(-x / mean); });
}

TEST(Lognormal, IsLognormalAndKeepsTheMean) {
  const auto times = draws(Lognormal{.sigma = 0.5});

  expect_follows(times, [](double x) { return normal_cdf((std::log(x / mean) + 0.125) / 0.5); });
  expect_mean(times, mean, mean * std::sqrt(std::expm1(0.25)));
}

TEST(Gamma, IsErlangAtAWholeShapeAndKeepsTheMean) {
  const auto times = draws(Gamma{.shape = 2});

  expect_follows(times, [](double x) { return 1 - std::exp(-x) * (1 + x); });
  expect_mean(times, mean, mean / std::numbers::sqrt2);
}

TEST(Weibull, HasItsTailAndKeepsTheMean) {
  const auto times = draws(Weibull{.shape = 0.5});  // W has mean Gamma(3) = 2, so T = W here

  expect_follows(times, [](double x) { return -std::expm1(-std::sqrt(x)); });
  expect_mean(times, mean, std::sqrt(20.0));  // variance Gamma(5) - Gamma(3)^2 = 24 - 4
}

TEST(Pareto, HasItsTailAndTheMeanTheMedianOrTheMinimumAsked) {
  using enum Pareto::Scale;
  const auto cdf_from = [](double minimum, double tail_index) {
    return [=](double x) { return x < minimum ? 0 : 1 - std::pow(x / minimum, -tail_index); };
  };

  expect_follows(draws(Pareto{.tail_index = 1.5, .scaled_to = Pareto::Scale::mean}),
                 cdf_from(2.0 / 3, 1.5));  // the mean is 3 times the minimum
  expect_follows(draws(Pareto{.tail_index = 0.5, .scaled_to = median}),
                 cdf_from(0.5, 0.5));  // half of the times are below 0.5 * 2^2 = 2
  expect_follows(draws(Pareto{.tail_index = 1, .scaled_to = minimum}), cdf_from(2, 1));
}

TEST(Pareto, RefusesToKeepAnInfiniteMean) {
  const auto result = Pareto{.tail_index = 1}.prepare({});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().front().code, "delay/infinite-mean");
}

/// Class of every worker: 0 fast, 1 medium, 2 slow.
std::vector<int> classes(const Fadas& model, const ModelSetup& setup) {
  const auto sampler = model.prepare(setup);
  return {sampler->class_of.begin(), sampler->class_of.end()};
}

TEST(Fadas, SizesItsClassesByTheSharesAndDrawsTheirMembersFromTheSeed) {
  const auto first = classes(Fadas{}, {.workers = 60, .seed = 1});
  const auto again = classes(Fadas{}, {.workers = 60, .seed = 1});
  const auto other = classes(Fadas{}, {.workers = 60, .seed = 2});

  EXPECT_EQ(std::count(first.begin(), first.end(), 0), 30);
  EXPECT_EQ(std::count(first.begin(), first.end(), 1), 20);
  EXPECT_EQ(std::count(first.begin(), first.end(), 2), 10);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
  EXPECT_FALSE(std::is_sorted(first.begin(), first.end()));
}

TEST(Fadas, DrawsUniformlyInTheRangeOfTheClass) {
  const auto uniform_on = [](double low, double high) {
    return [=](double x) { return std::clamp((x - low) / (high - low), 0.0, 1.0); };
  };
  using enum Fadas::Delays;

  expect_follows(draws(Fadas{.delays = mild, .shares = {1, 0, 0}}), uniform_on(2, 4));
  expect_follows(draws(Fadas{.delays = mild, .shares = {0, 1, 0}}), uniform_on(6, 10));
  expect_follows(draws(Fadas{.delays = mild, .shares = {0, 0, 1}}), uniform_on(10, 16));
  expect_follows(draws(Fadas{.delays = large, .shares = {0, 0, 1}}), uniform_on(100, 160));
}

TEST(Fadas, RefusesOtherThanThreeSharesAndSharesThatSplitNothing) {
  for (const std::vector<double>& shares :
       {std::vector<double>{1, 1}, {0, 0, 0}, {1, -1, 1}, {1, HUGE_VAL, 1}}) {
    EXPECT_FALSE(Fadas{.shares = shares}.prepare({.workers = 6}));
  }
}

TEST(DelayModels, HaveDefaultsThatAreInRange) {
  DelayModels::each([]<class Model>() { EXPECT_TRUE(check_ranges(Model{}, "x")) << Model::name; });
  SpeedModels::each([]<class Model>() { EXPECT_TRUE(check_ranges(Model{}, "x")) << Model::name; });
}

TEST(DelayModels, DrawTheSameTimesFromTheSameStream) {
  DelayModels::each([]<class Model>() {
    if constexpr (!std::is_same_v<Model, Trace>) {
      EXPECT_EQ(draws(Model{}), draws(Model{}));
    }
  });
}

}  // namespace
}  // namespace tailrace::delay
