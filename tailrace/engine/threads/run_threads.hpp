#pragma once

#include "tailrace/engine/sim/simulate.hpp"

namespace tailrace::engine {

/// Runs a method in real time in this process.
///
/// `options.threads` computing threads serve all workers: a worker's jobs run one after the other,
/// first in, first out, on whichever thread is free. The server's part of an event runs under one
/// lock; gradients and evaluations run outside it. A job reads the model version it was given,
/// which nobody copies and nobody overwrites.
///
///   timing  null: an update is delivered as soon as it is computed. Otherwise delivery also waits
///           for the moment at which the delay model says the update arrives, 1 virtual second
///           being 1 real second.
///
/// The order of events is the machine's, so two runs differ, except where the method makes the
/// order irrelevant (barriers). With a run log, replay() reproduces the final model bit for bit. A
/// checkpoint holds the server and the jobs in flight; a resumed run gives those jobs out again.
/// Errors as for simulate(). So are exceptions, but that the first on any thread ends the run at
/// once; a job that threw is still in flight in a checkpoint written meanwhile.
[[nodiscard]] Result<RunResult> run_threads(const problem::Problem& problem,
                                            const policy::Method& method, delay::Timing* timing,
                                            const RunOptions& options);

}  // namespace tailrace::engine
