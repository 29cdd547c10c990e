#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tailrace/core/result.hpp"
#include "tailrace/core/time.hpp"
#include "tailrace/delay/fit_network.hpp"

namespace tailrace::cli {

/// How long the jobs of a run on many machines took by the clocks of those who computed them, and
/// what their messages took beyond that.
///
///     compute_k / steps_k                     of worker i's k-th arrival
///     arrived_k - given_k - compute_k         the model on its way, the update, and what either
///                                             waited for at the server
///
/// A job whose worker did not say how long it computed counts as computing all the time. What jobs
/// waited for others of the same process, which computes one after the other, is in neither.
struct MeasuredTimes {
  std::vector<std::vector<Time>> compute;  ///< (workers, arrivals of each), of a local step
  std::optional<delay::FittedNetwork> network;
  std::uint64_t guessed_workers = 0;  ///< that delivered nothing
};

/// From spans.csv in a run's folder; nothing where there is none, as with other engines.
///
/// Errors  core/io, monitoring/bad-spans; cli/other-experiment: jobs of workers that the experiment
///         does not have.
[[nodiscard]] Result<std::optional<MeasuredTimes>> measured_times(const std::string& folder,
                                                                  std::size_t workers);

}  // namespace tailrace::cli
