#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "tailrace/core/result.hpp"
#include "tailrace/problem/problem.hpp"

namespace tailrace::problem {

/// What a problem's options need to become a problem.
struct ProblemSetup {
  std::size_t workers = 1;  ///< >= 1; the number of parts f_i
  std::uint64_t seed = 1;   ///< of the run: decides shards and synthetic data
};

/// What a problem takes at least, known from its options before it is built. Sizes are doubles:
/// they may be beyond all integers.
struct ProblemSize {
  double bytes = 0;      ///< of data and constants, shared by all methods of a seed
  double dimension = 0;  ///< of the model; 0: known once it is built
};

/// What a problem's build() returns. An error's `where` is the key of the option to blame, such as
/// "batch", or a place in a data file.
using BuiltProblem = Result<std::unique_ptr<Problem>>;

}  // namespace tailrace::problem
