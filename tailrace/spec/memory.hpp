#pragma once

#include <cstddef>

#include "tailrace/problem/setup.hpp"
#include "tailrace/spec/experiment.hpp"
#include "tailrace/spec/findings.hpp"
#include "tailrace/spec/node.hpp"

namespace tailrace::spec {

/// Bytes of memory that a program can still take on this machine; infinity if the system does not
/// say.
[[nodiscard]] double available_memory();

/// Refuses an experiment that takes more than `available` bytes, before anything is built, with the
/// place of the option that takes most.
///
/// The estimate is a low one of the method that takes most:
///
///     seeds * problem  +  48 bytes a coordinate  +  150 bytes a worker  +  100 bytes a job in
///         flight  +  4 bytes a coordinate for every update that waits for a step
///
///   size   of the problem; after building, with its true dimension
///
/// Errors  spec/too-large.
void check_memory(const Experiment& experiment, const problem::ProblemSize& size, double available,
                  const Node& document, Findings& findings);

}  // namespace tailrace::spec
