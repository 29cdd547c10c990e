#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "tailrace/core/result.hpp"
#include "tailrace/delay/timing.hpp"
#include "tailrace/engine/checkpoint.hpp"
#include "tailrace/engine/run.hpp"
#include "tailrace/engine/run_log.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/problem/problem.hpp"

namespace tailrace::engine {

/// How to run a method; the same for every engine.
struct RunOptions {
  std::uint64_t seed = 1;
  Stop stop = {};
  Evaluate evaluate = {};
  std::size_t threads = 1;  ///< computing threads; changes no bit in virtual time
  CheckpointOptions checkpoint = {};
  RunLogWriter* log = nullptr;
  /// A recorded run that is repeated: ends with the event worth the last entry, and updates are
  /// fresh where they were.
  const RunLog* repeats = nullptr;
  Progress* progress = nullptr;
  Observer* observer = nullptr;
  const std::atomic<bool>* interrupt = nullptr;  ///< set it to end the run after the current event
};

/// Runs a method in exact virtual time.
///
/// Events happen in the order of their integer times, ties in the order in which they were planned.
/// A job's update is computed when it is needed or earlier on another thread, from the model
/// version it was given; the result does not depend on the number of threads, nor on having been
/// stopped and resumed.
///
///   problem  decides the number of workers and the dimension
///   timing   how long jobs take
///
/// Divergence, and a queue that runs empty, are endings of a result. Errors: a checkpoint or run
/// log that cannot be written or does not belong to this run.
///
/// What computing throws (the problem, which may be a third party's code, and memory that cannot be
/// had) ends the run and is thrown to the caller, on the caller's thread, when all threads of the
/// run have ended. A job's exception is thrown when its update would arrive, so that the same one
/// ends the run with any number of threads. The run log holds what arrived before; the checkpoint
/// is the last one that was due, from which the run can be resumed.
[[nodiscard]] Result<RunResult> simulate(const problem::Problem& problem,
                                         const policy::Method& method, delay::Timing& timing,
                                         const RunOptions& options);

}  // namespace tailrace::engine
