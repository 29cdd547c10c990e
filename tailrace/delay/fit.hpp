#pragma once

#include <string>
#include <vector>

#include "tailrace/core/result.hpp"

namespace tailrace::delay {

/// A delay model and how well it describes what was measured.
struct FittedLaw {
  std::string delay;    ///< the value of workers.delay, as TOML
  double distance = 0;  ///< Kolmogorov-Smirnov: largest difference of distribution functions [1]
};

/// Workers that were measured, as an experiment would describe them.
struct FittedWorkers {
  std::vector<double> seconds;  ///< (workers) mean time of a gradient, s_i
  std::vector<FittedLaw> laws;  ///< every law that was tried, best first
  std::size_t samples = 0;
};

/// Finds the delay model that is closest to measured times.
///
///     s_i  =  mean of worker i's times;     r  =  T / s_i   of all workers together, n of them
///
///   fixed        the median of |r - 1| is below a thousandth: nothing varies
///   exponential  nothing to choose
///   uniform      low, high such that the standard deviation is that of r, the mean 1
///   gamma        shape by maximum likelihood: log(shape) - digamma(shape) = -mean(log r)
///   lognormal    sigma^2 = variance of log r
///   weibull      shape by maximum likelihood
///   pareto       scaled to its mean; tail index of which r / min(r) is the most likely sample,
///                where that is above 1
///
/// and the distance of each to r. A worker's mean is its own only if it has many times: with few,
/// r varies less than T.
///
///   times  (workers, at least one each)  [s]  > 0
///
/// Cost    O(n log n).
/// Errors  delay/too-few-times: fewer than 10 in all.
/// Source  textbook estimators; which law is best is told by the distance, ours.
[[nodiscard]] Result<FittedWorkers> fit_workers(const std::vector<std::vector<double>>& times);

/// The table [workers] of an experiment with the best law.
[[nodiscard]] std::string to_toml(const FittedWorkers& fitted);

}  // namespace tailrace::delay
