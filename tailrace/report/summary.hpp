#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tailrace/report/outcome.hpp"

namespace tailrace::report {

/// Median, smallest and largest of a figure over seeds. NaN counts as larger than any number.
struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

/// Of at least one value. Of an even number of values the median is the mean of the middle two.
[[nodiscard]] Spread spread_of(std::vector<double> values);

/// One method over all its seeds.
struct MethodSummary {
  std::string method;
  std::size_t runs = 0;
  std::size_t reached = 0;  ///< runs that reached the target
  Spread target_seconds;    ///< infinity where the target was not reached
  Spread seconds;           ///< when the run ended
  Spread steps;
  Spread gradients;
  Spread loss;  ///< final
  Spread gradient_norm;
  std::optional<Spread> accuracy;
  std::optional<Spread> test_loss;
  std::optional<Spread> test_accuracy;
  std::optional<Spread> test_score;
  Spread staleness_mean;
  Spread staleness_max;
  Spread discarded;    ///< updates and canceled jobs
  std::string ending;  ///< how most runs ended: "target reached", or "2 of 3 diverged"
};

/// One summary for every method, in the order in which methods first appear.
[[nodiscard]] std::vector<MethodSummary> summarize(const std::vector<Outcome>& outcomes);

/// The methods that a reader wants to see: all that stand alone, and of every group (a grid of
/// options) the one that reached the target first in the median, or else ended with the best median
/// of the metric.
///
///   groups  method name to group; an empty group or none stands alone
///   metric  the target's; a network that has died has a small gradient, too
[[nodiscard]] std::vector<std::string> best_of_groups(
    const std::vector<MethodSummary>& summaries, const std::map<std::string, std::string>& groups,
    engine::Metric metric = engine::Metric::gradient_norm);

/// A line for every run, with a header.
[[nodiscard]] std::string summary_csv(const std::vector<Outcome>& outcomes);

/// The summaries, figure by figure.
[[nodiscard]] std::string summary_json(const std::vector<MethodSummary>& summaries);

}  // namespace tailrace::report
