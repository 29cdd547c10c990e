#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "tailrace/core/check.hpp"
#include "tailrace/core/random.hpp"

namespace tailrace::problem {

/// Draws distinct numbers: every ordered choice of `count` out of 0..bound-1 is equally likely.
///
/// The first `count` steps of a Fisher-Yates shuffle of 0..bound-1, undone afterwards, so that a
/// draw depends on the stream alone. Cost: `count` random numbers; memory 4 bytes for each number
/// up to the largest bound.
class DistinctSampler {
 public:
  explicit DistinctSampler(std::size_t bound_max) : numbers_(bound_max) {
    std::iota(numbers_.begin(), numbers_.end(), 0u);
  }

  /// Writes a choice to `out`; out.size() <= bound <= bound_max.
  void draw(Stream& stream, std::size_t bound, std::span<std::uint32_t> out) {
    TAILRACE_CHECK(out.size() <= bound && bound <= numbers_.size());
    for (std::size_t k = 0; k < out.size(); ++k) {
      const std::size_t pick = k + stream.below(bound - k);
      std::swap(numbers_[k], numbers_[pick]);
      out[k] = numbers_[k];
    }
    // Swaps touched the first places and, further back, only those whose own number was chosen.
    for (const std::uint32_t number : out) numbers_[number] = number;
    for (std::size_t k = 0; k < out.size(); ++k) numbers_[k] = static_cast<std::uint32_t>(k);
  }

 private:
  std::vector<std::uint32_t> numbers_;  ///< i at place i, between calls
};

}  // namespace tailrace::problem
