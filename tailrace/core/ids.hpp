#pragma once

#include <cstdint>

namespace tailrace {

/// One parameter, one gradient coordinate. Models and updates are flat vectors of these; scalars
/// that steer a method (step sizes, norms, losses) are double.
using Real = float;

/// Number of a worker, 0 to n-1.
using WorkerId = std::uint32_t;

/// How many jobs this worker was given before this one: 0, 1, 2, ... With the worker it names a
/// job.
using JobNumber = std::uint64_t;

/// Server steps applied so far. [steps]
using Version = std::uint64_t;

}  // namespace tailrace
