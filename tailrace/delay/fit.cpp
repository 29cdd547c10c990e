#include "tailrace/delay/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <numeric>

namespace tailrace::delay {
namespace {

using Cdf = std::function<double(double)>;
using Sample = std::vector<double>;  ///< ascending

double mean_of(const Sample& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Sample logs_of(const Sample& values) {
  Sample logs;
  std::transform(values.begin(), values.end(), std::back_inserter(logs),
                 [](double x) { return std::log(x); });
  return logs;
}

double variance_of(const Sample& values) {
  const double mean = mean_of(values);
  double sum = 0;
  for (const double x : values) sum += (x - mean) * (x - mean);
  return sum / static_cast<double>(values.size());
}

double distance(const Sample& ascending, const Cdf& cdf) {
  const auto n = static_cast<double>(ascending.size());
  double most = 0;
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    const double at = cdf(ascending[i]);
    most = std::max({most, at - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - at});
  }
  return most;
}

/// The x between low and high where a growing function is zero.
double root_of(const std::function<double(double)>& growing, double low, double high) {
  for (int i = 0; i < 200; ++i) {
    const double middle = std::sqrt(low * high);
    (growing(middle) < 0 ? low : high) = middle;
  }
  return std::sqrt(low * high);
}

/// The derivative of log Gamma: recurrence up to where its asymptotic series is exact to 1e-12.
double digamma(double x) {
  double value = 0;
  for (; x < 10; x += 1) value -= 1 / x;
  const double square = 1 / (x * x);
  return value + std::log(x) - 0.5 / x -
         square * (1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square / 240)));
}

/// P(shape, x), the regularized lower incomplete gamma function: its series below shape + 1, else
/// the continued fraction of its complement (Lentz).
double gamma_cdf(double shape, double x) {
  if (x <= 0) return 0;
  const double front = std::exp(shape * std::log(x) - x - std::lgamma(shape));
  constexpr int terms = 10'000;
  if (x < shape + 1) {
    double term = 1 / shape;
    double sum = term;
    for (int k = 1; k < terms && term > 1e-15 * sum; ++k) sum += term *= x / (shape + k);
    return front * sum;
  }
  double b = x + 1 - shape;
  double c = 1e300;
  double d = 1 / b;
  double fraction = d;
  for (int k = 1; k < terms; ++k) {
    const double a = -k * (k - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    fraction *= d * c;
    if (std::fabs(d * c - 1) < 1e-15) break;
  }
  return 1 - front * fraction;
}

FittedLaw fit_exponential(const Sample& r) {
  return {"\"exponential\"", distance(r, [](double x) { return -std::expm1(-x); })};
}

FittedLaw fit_uniform(const Sample& r) {
  const double half = std::min(1.0, std::sqrt(3 * variance_of(r)));
  return {fmt::format("{{ kind = \"uniform\", low = {:.4g}, high = {:.4g} }}", 1 - half, 1 + half),
          distance(
              r, [half](double x) { return std::clamp((x - (1 - half)) / (2 * half), 0.0, 1.0); })};
}

FittedLaw fit_gamma(const Sample& r) {
  const double excess = -mean_of(logs_of(r));  // log of the mean, 1, less the mean of logs
  const double shape =
      root_of([excess](double k) { return excess - (std::log(k) - digamma(k)); }, 1e-3, 1e6);
  return {fmt::format("{{ kind = \"gamma\", shape = {:.4g} }}", shape),
          distance(r, [shape](double x) { return gamma_cdf(shape, shape * x); })};
}

FittedLaw fit_lognormal(const Sample& r) {
  const double sigma = std::min(10.0, std::sqrt(variance_of(logs_of(r))));
  return {fmt::format("{{ kind = \"lognormal\", sigma = {:.4g} }}", sigma),
          distance(r, [sigma](double x) {
            return 0.5 * std::erfc(-(std::log(x) / sigma + sigma / 2) / std::sqrt(2.0));
          })};
}

FittedLaw fit_weibull(const Sample& r) {
  const Sample logs = logs_of(r);
  const double mean_log = mean_of(logs);
  // The likelihood's slope in the shape: sum r^k log r / sum r^k - 1/k - mean(log r).
  const double shape = root_of(
      [&](double k) {
        double powers = 0;
        double weighted = 0;
        for (const double log : logs) {
          const double power = std::exp(k * (log - logs.back()));
          powers += power;
          weighted += power * log;
        }
        return weighted / powers - 1 / k - mean_log;
      },
      0.1, 1e3);
  const double factor = std::tgamma(1 + 1 / shape);
  return {fmt::format("{{ kind = \"weibull\", shape = {:.4g} }}", shape),
          distance(r, [=](double x) { return -std::expm1(-std::pow(factor * x, shape)); })};
}

/// Nothing where the mean would be infinite.
std::vector<FittedLaw> fit_pareto(const Sample& r) {
  const double index = 1 / (mean_of(logs_of(r)) - std::log(r.front()));
  if (!(index > 1)) return {};
  const double least = (index - 1) / index;
  return {{fmt::format("{{ kind = \"pareto\", tail_index = {:.4g} }}", index),
           distance(r, [=](double x) { return x <= least ? 0 : 1 - std::pow(least / x, index); })}};
}

bool nothing_varies(const Sample& r) {
  Sample off;
  std::transform(r.begin(), r.end(), std::back_inserter(off),
                 [](double x) { return std::fabs(x - 1); });
  std::nth_element(off.begin(), off.begin() + static_cast<std::ptrdiff_t>(off.size() / 2),
                   off.end());
  return off[off.size() / 2] < 1e-3;
}

}  // namespace

Result<FittedWorkers> fit_workers(const std::vector<std::vector<double>>& times) {
  constexpr std::size_t least = 10;
  FittedWorkers fitted;
  Sample r;
  for (const std::vector<double>& of_worker : times) {
    fitted.seconds.push_back(mean_of(of_worker));
    for (const double time : of_worker) r.push_back(time / fitted.seconds.back());
  }
  fitted.samples = r.size();
  if (r.size() < least) {
    return fail({.code = "delay/too-few-times",
                 .what = fmt::format("{} times are too few to tell a law", r.size()),
                 .where = {},
                 .fix = fmt::format("measure {} or more", least)});
  }
  std::sort(r.begin(), r.end());
  if (nothing_varies(r)) {
    fitted.laws = {{"\"fixed\"", 0}};
    return fitted;
  }
  fitted.laws = fit_pareto(r);
  for (auto fit : {fit_exponential, fit_uniform, fit_gamma, fit_lognormal, fit_weibull}) {
    fitted.laws.push_back(fit(r));
  }
  std::stable_sort(fitted.laws.begin(), fitted.laws.end(),
                   [](const FittedLaw& a, const FittedLaw& b) { return a.distance < b.distance; });
  return fitted;
}

std::string to_toml(const FittedWorkers& fitted) {
  return fmt::format(
      "[workers]\ncount = {}\nspeed = {{ kind = \"list\", seconds = [{:.6g}] }}\ndelay = {}\n",
      fitted.seconds.size(), fmt::join(fitted.seconds, ", "), fitted.laws.front().delay);
}

}  // namespace tailrace::delay
