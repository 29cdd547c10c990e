#include "tailrace/delay/fit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tailrace/core/random.hpp"
#include "tailrace/delay/models.hpp"

namespace tailrace::delay {
namespace {

using ::testing::HasSubstr;

/// Times of two workers, one three times as slow as the other.
template <class Model>
std::vector<std::vector<double>> times_of(const Model& model, std::size_t count) {
  const auto sampler = *prepare(model, {});
  Stream stream("delay/fit");
  std::vector<std::vector<double>> times(2);
  for (std::size_t worker = 0; worker < 2; ++worker) {
    for (std::size_t i = 0; i < count; ++i) {
      times[worker].push_back(sampler.draw(worker == 0 ? 0.1 : 0.3, {}, stream));
    }
  }
  return times;
}

template <class Model>
FittedWorkers fitted(const Model& model, std::size_t count = 5000) {
  auto result = fit_workers(times_of(model, count));
  EXPECT_TRUE(result);
  return std::move(*result);
}

/// The number behind `key = ` in the best law.
double option(const FittedWorkers& workers, const std::string& key) {
  const std::string& text = workers.laws.front().delay;
  const auto at = text.find(key + " = ");
  EXPECT_NE(at, std::string::npos) << text;
  return at == std::string::npos ? NAN : std::stod(text.substr(at + key.size() + 3));
}

// 10 000 times of a fixed seed each. An estimate's standard deviation is about 1.5 % or less, and
// the bounds are at 4 of them and more.

TEST(FitWorkers, FindsALognormalLaw) {
  const FittedWorkers found = fitted(Lognormal{.sigma = 0.8});

  EXPECT_THAT(found.laws.front().delay, HasSubstr("\"lognormal\""));
  EXPECT_NEAR(option(found, "sigma"), 0.8, 0.03);
  EXPECT_LT(found.laws.front().distance, 0.03);
  EXPECT_NEAR(found.seconds[0], 0.1, 0.006);
  EXPECT_NEAR(found.seconds[1], 0.3, 0.018);
}

TEST(FitWorkers, FindsAGammaLaw) {
  const FittedWorkers found = fitted(Gamma{.shape = 3});

  EXPECT_THAT(found.laws.front().delay, HasSubstr("\"gamma\""));
  EXPECT_NEAR(option(found, "shape"), 3, 0.2);
}

TEST(FitWorkers, FindsAWeibullLaw) {
  const FittedWorkers found = fitted(Weibull{.shape = 0.6});

  EXPECT_THAT(found.laws.front().delay, HasSubstr("\"weibull\""));
  EXPECT_NEAR(option(found, "shape"), 0.6, 0.03);
}

TEST(FitWorkers, FindsAParetoLaw) {
  const FittedWorkers found = fitted(Pareto{.tail_index = 4});

  EXPECT_THAT(found.laws.front().delay, HasSubstr("\"pareto\""));
  EXPECT_NEAR(option(found, "tail_index"), 4, 0.4);
}

TEST(FitWorkers, FindsAUniformLaw) {
  const FittedWorkers found = fitted(Uniform{.low = 0.5, .high = 1.5});

  EXPECT_THAT(found.laws.front().delay, HasSubstr("\"uniform\""));
  EXPECT_NEAR(option(found, "low"), 0.5, 0.03);
}

TEST(FitWorkers, SeesThatTimesAreExponential) {
  const FittedWorkers found = fitted(Exponential{});

  // Gamma and Weibull laws have it as a special case, so that each of the three may be the closest.
  const auto law = std::find_if(found.laws.begin(), found.laws.end(), [](const FittedLaw& each) {
    return each.delay == "\"exponential\"";
  });
  ASSERT_NE(law, found.laws.end());
  EXPECT_LT(law->distance, 0.02);
}

TEST(FitWorkers, SeesThatNothingVaries) {
  const FittedWorkers found = fitted(Lognormal{.sigma = 1e-5});

  EXPECT_EQ(found.laws.front().delay, "\"fixed\"");
}

TEST(FitWorkers, WritesATableForAnExperiment) {
  const FittedWorkers workers{.seconds = {0.5, 2},
                              .laws = {{"{ kind = \"gamma\", shape = 2 }", 0}}};

  EXPECT_EQ(to_toml(workers), R"([workers]
count = 2
speed = { kind = "list", seconds = [0.5, 2] }
delay = { kind = "gamma", shape = 2 }
)");
}

TEST(FitWorkers, RefusesAHandfulOfTimes) {
  const auto refused = fit_workers({{1, 2, 3}, {4}});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().front().code, "delay/too-few-times");
}

}  // namespace
}  // namespace tailrace::delay
