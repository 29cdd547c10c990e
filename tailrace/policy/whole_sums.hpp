#pragma once

#include <cstddef>
#include <span>

#include "tailrace/core/ids.hpp"
#include "tailrace/core/parallel.hpp"
#include "tailrace/math/pairs.hpp"
#include "tailrace/policy/slices.hpp"

/// Sums over whole vectors of which this server may hold a slice, with the bits of a server that
/// holds everything. `slices` are those who hold the rest; null: it is all here.
namespace tailrace::policy {

/// sum_i x_i^2, as math::squared_norm.
[[nodiscard]] double squared_norm(std::span<const Real> x, Slices* slices);

/// sum_i x_i y_i, as math::dot.
[[nodiscard]] double dot(std::span<const Real> x, std::span<const Real> y, Slices* slices);

/// sum_i (x_i - y_i)^2, as math::squared_distance.
[[nodiscard]] double squared_distance(std::span<const Real> x, std::span<const Real> y,
                                      Slices* slices);

/// ||x_i - x_j||^2 for all pairs, as math::squared_distances. (rows, dimension of the slice)
///
/// Asks the others once for each pair.
[[nodiscard]] math::Pairs squared_distances(std::span<const Real* const> rows,
                                            std::size_t dimension, Pool* pool, Slices* slices);

/// <x_i - center, x_j - center> for all pairs, as math::gram. Asks as often.
[[nodiscard]] math::Pairs gram(std::span<const Real* const> rows, const Real* center,
                               std::size_t dimension, Pool* pool, Slices* slices);

/// Coordinates of the whole vector, of which `size` are here.
[[nodiscard]] std::size_t whole_size(std::size_t size, Slices* slices);

}  // namespace tailrace::policy
