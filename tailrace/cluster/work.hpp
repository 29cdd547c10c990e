#pragma once

#include <cstdint>
#include <functional>

#include "tailrace/cluster/client.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/problem/problem.hpp"

namespace tailrace::cluster {

/// What a worker has done.
struct Work {
  std::uint64_t applied = 0;  ///< updates
  std::uint64_t refused = 0;  ///< updates, and jobs that were canceled
  double seconds = 0;         ///< spent computing
};

/// Computes jobs until the run is over or the client leaves: what `tailrace work` and ranks do.
///
///   client    says whose jobs they are
///   problem   the experiment's, with the server's seed
///   method    the experiment's: its `local`, and its `send` where a worker can apply it
///   progress  called after every job; may be empty
///
/// Errors  those of Client; cluster/other-run if the problem's dimension is not the server's. What
///         computing throws is told to the server and thrown.
[[nodiscard]] Result<Work> work(Client& client, const problem::Problem& problem,
                                const policy::Method& method,
                                const std::function<void(const Work&)>& progress = {});

}  // namespace tailrace::cluster
