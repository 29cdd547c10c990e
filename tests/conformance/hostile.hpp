#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tailrace/core/ids.hpp"

namespace tailrace::conformance {

/// An update that a transform may meet, with a name for messages.
struct Case {
  std::string name;
  std::vector<Real> values;
};

/// Updates of `dimension` that break careless code, all finite: zeros, denormals, entries near the
/// end of Real's range, heavy tails (Pareto, tail index 1.1), alternating signs, one huge
/// coordinate among small ones. Always the same ones.
[[nodiscard]] std::vector<Case> hostile_cases(std::size_t dimension);

/// One coordinate; and enough for several blocks of a sweep, the last of them cut short.
inline constexpr std::size_t dimensions[] = {1, 4097};

}  // namespace tailrace::conformance
