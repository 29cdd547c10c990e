#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "tailrace/cluster/host.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/mpi/world.hpp"

namespace tailrace::mpi {

struct ServeOptions {
  std::size_t workers = 0;      ///< of the experiment
  std::size_t chunk = 2 << 20;  ///< in which models are sent [bytes]
  /// How long a session that is over may take to send what is queued, and the ranks to end theirs
  /// when the run is over.
  std::chrono::milliseconds farewell{10'000};
};

/// Whose jobs a rank computes: the workers in turn over the ranks that compute.
[[nodiscard]] std::vector<WorkerId> workers_of(int rank, int ranks, std::size_t workers);

/// Rank 0: brings the sessions of all other ranks to the host, on this thread, until the run is
/// over and the sessions have ended.
///
/// A rank that dies is not noticed here: its session ends with its lease. What was being sent to it
/// stays in memory with the model that it is part of, since the rank may only sleep.
///
/// Errors  mpi/idle-ranks: more ranks than workers; mpi/failed; mpi/protocol.
[[nodiscard]] Status serve(World& world, cluster::Host& host, const ServeOptions& options);

}  // namespace tailrace::mpi
