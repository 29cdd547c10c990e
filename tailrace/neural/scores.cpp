#include "tailrace/neural/scores.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <numeric>
#include <vector>

#include "tailrace/core/check.hpp"

namespace tailrace::neural {
namespace {

using Numbers = std::span<const double>;

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

double accuracy(Numbers predictions, Numbers truths) {
  double right = 0;
  for (std::size_t s = 0; s < truths.size(); ++s) right += predictions[s] == truths[s] ? 1 : 0;
  return ratio(right, static_cast<double>(truths.size()));
}

/// Gorodkin's form for any number of classes; for two it is the usual one.
double matthews(Numbers predictions, Numbers truths) {
  struct Counts {
    double predicted = 0;
    double true_ones = 0;
  };
  std::map<double, Counts> classes;
  double right = 0;
  for (std::size_t s = 0; s < truths.size(); ++s) {
    ++classes[predictions[s]].predicted;
    ++classes[truths[s]].true_ones;
    right += predictions[s] == truths[s] ? 1 : 0;
  }
  const auto all = static_cast<double>(truths.size());
  double covariance = right * all;
  double predicted = all * all;
  double true_ones = all * all;
  for (const auto& [label, counts] : classes) {
    covariance -= counts.predicted * counts.true_ones;
    predicted -= counts.predicted * counts.predicted;
    true_ones -= counts.true_ones * counts.true_ones;
  }
  return ratio(covariance, std::sqrt(predicted) * std::sqrt(true_ones));
}

double f1(Numbers predictions, Numbers truths) {
  double hits = 0;
  double named = 0;  // predicted ones and true ones
  for (std::size_t s = 0; s < truths.size(); ++s) {
    hits += predictions[s] == 1 && truths[s] == 1 ? 1 : 0;
    named += (predictions[s] == 1 ? 1 : 0) + (truths[s] == 1 ? 1 : 0);
  }
  return ratio(2 * hits, named);
}

double mean(Numbers numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

/// A constant's mean may be off by a rounding, so that a deviation is not exactly 0.
bool is_constant(Numbers numbers) {
  return std::adjacent_find(numbers.begin(), numbers.end(), std::not_equal_to<>()) == numbers.end();
}

double pearson(Numbers predictions, Numbers truths) {
  if (is_constant(predictions) || is_constant(truths)) return 0;
  const double predictions_mean = mean(predictions);
  const double truths_mean = mean(truths);
  double both = 0;
  double predicted = 0;
  double true_ones = 0;
  for (std::size_t s = 0; s < truths.size(); ++s) {
    const double p = predictions[s] - predictions_mean;
    const double t = truths[s] - truths_mean;
    both += p * t;
    predicted += p * p;
    true_ones += t * t;
  }
  const double correlation = ratio(both, std::sqrt(predicted) * std::sqrt(true_ones));
  return std::clamp(correlation, -1.0, 1.0);
}

/// 1 for the smallest; equal values share the mean of their ranks.
std::vector<double> ranks_of(Numbers numbers) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return numbers[a] < numbers[b]; });
  std::vector<double> ranks(numbers.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && numbers[order[end]] == numbers[order[begin]]) ++end;
    const double rank = static_cast<double>(begin + 1 + end) / 2;
    for (; begin < end; ++begin) ranks[order[begin]] = rank;
  }
  return ranks;
}

/// Those of a model that diverged are not.
bool are_finite(Numbers numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double x) { return std::isfinite(x); });
}

}  // namespace

double score(Score score, std::span<const double> predictions, std::span<const double> truths) {
  TAILRACE_CHECK(predictions.size() == truths.size());
  switch (score) {
    case Score::none:
      return 0;
    case Score::accuracy:
      return accuracy(predictions, truths);
    case Score::matthews:
      return matthews(predictions, truths);
    case Score::f1:
      return f1(predictions, truths);
    case Score::pearson:
      return are_finite(predictions) ? pearson(predictions, truths) : 0;
    case Score::spearman:
      return are_finite(predictions) ? pearson(ranks_of(predictions), ranks_of(truths)) : 0;
  }
  TAILRACE_CHECK(false);
  return 0;
}

}  // namespace tailrace::neural
