#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tailrace/core/time.hpp"
#include "tailrace/delay/bandwidth.hpp"

namespace tailrace::delay {

/// A job's two messages, the model and its update: how large they were and how long they took.
struct Passage {
  std::uint64_t bytes = 0;
  double seconds = 0;
};

/// A link as the table [workers] describes it, the same both ways.
struct FittedNetwork {
  Time latency;              ///< each way
  Bandwidth bandwidth;       ///< unlimited where sizes tell nothing
  std::size_t passages = 0;  ///< it was fitted to
  double error_seconds = 0;  ///< median of |measured - fitted|
};

/// Finds the latency and the bandwidth that explain best how long messages took.
///
///     T  =  2 latency + bytes / bandwidth
///
///   1 / bandwidth   median of (T_i - T_j) / (bytes_i - bytes_j) over all pairs of different sizes
///   2 latency       median of T - bytes / bandwidth
///
/// A few messages that waited for something else do not move medians. Where longer times do not go
/// with larger messages beyond chance (Kendall's S within 1.96 standard deviations of none), as
/// with messages of one size, everything is latency. Neither is ever below zero.
///
///   passages  at least one
///
/// Cost    O(n log n), and 10^6 / 2 pairs of at most 1000 passages, evenly by size.
/// Source  Sen: Estimates of the regression coefficient based on Kendall's tau, JASA 1968; that
///         the test decides whether there is a bandwidth is ours.
[[nodiscard]] FittedNetwork fit_network(std::vector<Passage> passages);

/// "network = { latency = \"0.3ms\", bandwidth = \"10Gbit/s\" }", a line of the table [workers].
[[nodiscard]] std::string to_toml(const FittedNetwork& fitted);

}  // namespace tailrace::delay
