#pragma once

#include <cstddef>
#include <cstdint>

#include "tailrace/math/vector.hpp"

namespace tailrace::policy {

/// A piece of a vector: coordinates [begin, end).
struct Slice {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::size_t size() const { return end - begin; }
  bool operator==(const Slice&) const = default;
};

/// How many slices a vector can be cut into: as many as it has chunks.
[[nodiscard]] constexpr std::size_t slices_max(std::size_t dimension) {
  return (dimension + math::chunk_size - 1) / math::chunk_size;
}

/// Slice `index` of `count` <= slices_max(dimension). All but the last end where a chunk ends, and
/// none has more than a chunk more than another.
[[nodiscard]] constexpr Slice slice_of(std::size_t dimension, std::uint32_t index,
                                       std::uint32_t count) {
  const std::size_t chunks = slices_max(dimension);
  const auto edge = [&](std::size_t i) { return chunks * i / count * math::chunk_size; };
  return {edge(index), index + 1 == count ? dimension : edge(index + 1)};
}

}  // namespace tailrace::policy
