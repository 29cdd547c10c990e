#include "tailrace/core/distributions.hpp"

#include <cmath>
#include <numbers>

namespace tailrace {
namespace {

std::pair<double, double> normal_pair(Stream& stream) {
  const double radius = std::sqrt(-2 * std::log(stream.uniform()));
  const double angle = 2 * std::numbers::pi * stream.uniform();
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

std::uint64_t poisson_by_inversion(Stream& stream, double mean) {
  const double u = stream.uniform();
  double probability = std::exp(-mean);
  double sum = probability;
  std::uint64_t k = 0;
  // 1000 is far past every value that a mean below 10 and 52-bit uniforms can reach.
  while (u > sum && k < 1000) {
    ++k;
    probability *= mean / static_cast<double>(k);
    sum += probability;
  }
  return k;
}

/// log(k!) for whole k >= 0. Not std::lgamma: that writes a global variable.
double log_factorial(double k) {
  double product =
      1;  // lifts small arguments into the range where Stirling's series is exact enough
  for (; k < 10; k += 1) product *= k + 1;
  const double inverse_square = 1 / (k * k);
  const double series =
      (1.0 / 12 -
       inverse_square * (1.0 / 360 - inverse_square * (1.0 / 1260 - inverse_square / 1680))) /
      k;
  return (k + 0.5) * std::log(k) - k + 0.5 * std::log(2 * std::numbers::pi) + series -
         std::log(product);
}

/// Hormann: The transformed rejection method for generating Poisson random variables, 1993.
std::uint64_t poisson_by_rejection(Stream& stream, double mean) {
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = stream.uniform() - 0.5;
    const double v = stream.uniform();
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) return static_cast<std::uint64_t>(k);
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const double log_ratio = std::log(v * inverse_alpha / (a / (us * us) + b));
    if (log_ratio <= k * std::log(mean) - mean - log_factorial(k)) {
      return static_cast<std::uint64_t>(k);
    }
  }
}

}  // namespace

double standard_normal(Stream& stream) { return normal_pair(stream).first; }

void fill_standard_normal(Stream& stream, std::span<double> out) {
  for (std::size_t i = 0; i < out.size(); i += 2) {
    const auto [first, second] = normal_pair(stream);
    out[i] = first;
    if (i + 1 < out.size()) out[i + 1] = second;
  }
}

double standard_exponential(Stream& stream) { return -std::log(stream.uniform()); }

double standard_gamma(Stream& stream, double shape) {
  if (shape < 1) {
    const double boost = std::pow(stream.uniform(), 1 / shape);
    return standard_gamma(stream, shape + 1) * boost;
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = standard_normal(stream);
    const double cube_root = 1 + c * x;
    if (cube_root <= 0) continue;
    const double v = cube_root * cube_root * cube_root;
    if (std::log(stream.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double standard_weibull(Stream& stream, double shape) {
  return std::pow(standard_exponential(stream), 1 / shape);
}

double standard_pareto(Stream& stream, double tail_index) {
  return std::pow(stream.uniform(), -1 / tail_index);
}

double student_t(Stream& stream, double degrees) {
  const double normal = standard_normal(stream);
  return normal / std::sqrt(2 * standard_gamma(stream, degrees / 2) / degrees);
}

double symmetric_stable(Stream& stream, double alpha) {
  const double angle = std::numbers::pi * (stream.uniform() - 0.5);
  if (alpha == 1) return std::tan(angle);
  const double w = standard_exponential(stream);
  return std::sin(alpha * angle) / std::pow(std::cos(angle), 1 / alpha) *
         std::pow(std::cos((1 - alpha) * angle) / w, (1 - alpha) / alpha);
}

double random_sign(Stream& stream, double x) { return stream.bits32() & 1 ? x : -x; }

std::uint64_t poisson(Stream& stream, double mean) {
  if (!(mean > 0)) return 0;
  return mean < 10 ? poisson_by_inversion(stream, mean) : poisson_by_rejection(stream, mean);
}

}  // namespace tailrace
