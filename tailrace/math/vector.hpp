#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "tailrace/core/ids.hpp"
#include "tailrace/core/parallel.hpp"

/// The few loops in which a server spends its time. Each touches its arrays once; from DRAM they
/// run at the machine's bandwidth (bench/server_step.cpp).
namespace tailrace::math {

/// Elements one pass works on at a time: two float blocks and a double block fit the smallest L1
/// cache.
inline constexpr std::size_t block_size = 2048;
/// Elements one thread takes at a time, and the unit in which sums are ordered.
inline constexpr std::size_t chunk_size = std::size_t{1} << 16;

/// sum_i x_i^2 in double: sixteen lanes within a chunk, chunks in order. Infinite or NaN inputs
/// show in the result. Finite floats cannot overflow it: (3.4e38)^2 * 2^64 < 1.8e308.
[[nodiscard]] double squared_norm(std::span<const Real> x, Pool* pool = nullptr);

/// What it adds up: the same for each chunk.
[[nodiscard]] std::vector<double> squared_norms(std::span<const Real> x, Pool* pool = nullptr);

/// The same for one chunk of at most chunk_size elements.
[[nodiscard]] double squared_norm_chunk(const Real* x, std::size_t size);

/// sum_i x_i y_i, ordered like squared_norm.
[[nodiscard]] double dot(std::span<const Real> x, std::span<const Real> y);

/// sum_i (x_i - y_i)^2 in double, ordered like squared_norm.
[[nodiscard]] double squared_distance(std::span<const Real> x, std::span<const Real> y);

/// to_i = from_i - scale * u_i (to may be from); false if any to_i is not finite.
bool subtract_scaled(const Real* from, Real* to, Real scale, const Real* u, std::size_t size);

/// out_i = scale * in_i (out may be in).
void scale(const Real* in, Real factor, Real* out, std::size_t size);

/// sum_i += factor * u_i, in double.
void add_scaled(double* sum, double factor, const Real* u, std::size_t size);

/// out_i = sum_i rounded to Real.
void round_to_real(const double* sum, Real* out, std::size_t size);

}  // namespace tailrace::math
