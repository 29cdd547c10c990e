#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

/// Checks on samples whose chance of failing for a correct sampler is stated and tiny. All bounds
/// hold for every sample size, not only in the limit. For tests only; not installed.
namespace tailrace::testing {

inline constexpr double false_alarm = 1e-6;  ///< per check

/// Calls draw() `count` times.
template <class Draw>
std::vector<double> sample(std::size_t count, Draw&& draw) {
  std::vector<double> values(count);
  for (double& value : values) value = draw();
  return values;
}

/// Largest distance between the samples' distribution and `cdf`, against the bound of Dvoretzky,
/// Kiefer, Wolfowitz and Massart, which holds for discrete distributions too:
///     Pr[sup |F_n - F| > e] <= 2 exp(-2 n e^2)
inline void expect_follows(std::vector<double> samples, const std::function<double(double)>& cdf) {
  std::sort(samples.begin(), samples.end());
  const auto count = static_cast<double>(samples.size());
  double distance = 0;
  for (std::size_t first = 0; first < samples.size();) {
    std::size_t last = first;
    while (last < samples.size() && samples[last] == samples[first]) ++last;
    const double at = cdf(samples[first]);
    const double before = cdf(std::nextafter(samples[first], -HUGE_VAL));
    distance = std::max({distance, std::fabs(static_cast<double>(last) / count - at),
                         std::fabs(static_cast<double>(first) / count - before)});
    first = last;
  }
  EXPECT_LE(distance, std::sqrt(std::log(2 / false_alarm) / (2 * count)))
      << "sup |F_n - F| over " << samples.size() << " samples";
}

/// Mean of samples that lie in [low, high] (Hoeffding):
///     Pr[|mean - expected| > e] <= 2 exp(-2 n e^2 / (high - low)^2)
inline void expect_mean_of_bounded(const std::vector<double>& samples, double expected, double low,
                                   double high) {
  double sum = 0;
  for (const double x : samples) sum += x;
  const auto count = static_cast<double>(samples.size());
  EXPECT_NEAR(sum / count, expected,
              (high - low) * std::sqrt(std::log(2 / false_alarm) / (2 * count)));
}

/// Mean against the central limit: 5 standard errors, false alarm 6e-7 where the limit has been
/// reached.
inline void expect_mean(const std::vector<double>& samples, double expected, double deviation) {
  double sum = 0;
  for (const double x : samples) sum += x;
  const auto count = static_cast<double>(samples.size());
  EXPECT_NEAR(sum / count, expected, 5 * deviation / std::sqrt(count));
}

}  // namespace tailrace::testing
