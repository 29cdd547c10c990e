#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tailrace/core/result.hpp"
#include "tailrace/engine/run.hpp"
#include "tailrace/spec/prepare.hpp"
#include "tailrace/tune/range.hpp"
#include "tailrace/tune/search.hpp"

namespace tailrace::tune {

/// What a user asks of a tuning; what is left out is chosen.
struct Wish {
  std::size_t method = 0;                ///< its number in the experiment
  std::string budget;                    ///< "20" full runs, or virtual time such as "8000s"
  std::vector<WantedRange> ranges;       ///< empty: step sizes and clip thresholds
  std::optional<engine::Metric> metric;  ///< none: the target's, or else the loss
  Halving halving = {};                  ///< its budget counts where `budget` is empty and
  bool own_budget = false;               ///< this is true
};

/// A tuning that can begin.
struct Plan {
  std::size_t method = 0;     ///< its number in the experiment
  std::vector<Range> ranges;  ///< of the numbers that are tuned
  std::vector<double> start;  ///< the experiment's own values
  engine::Metric metric = engine::Metric::loss;
  Halving halving;

  [[nodiscard]] std::vector<std::string> names() const;
};

/// Ten full runs for one number, twenty for two, at most forty: seven tenths of ten are 27
/// candidates on three rungs.
[[nodiscard]] double default_budget(std::size_t ranges);

/// Checks a wish against an experiment.
///
/// Errors  tune/range, tune/nothing-to-tune; tune/metric for a figure that the problem
///         does not have; tune/budget for one that is no number or too small; tune/no-length where
///         only a target ends a run.
[[nodiscard]] Result<Plan> plan(const spec::Prepared& prepared, const Wish& wish);

}  // namespace tailrace::tune
