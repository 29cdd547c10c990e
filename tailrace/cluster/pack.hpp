#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "tailrace/cluster/frame.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::cluster {

/// Packs the values of an update into as few bytes as hold every bit of them.
///
/// What makes an update small is the method's business (`send`: fp16, bf16, int8, top_k, ...). It
/// rounds values; this only notices that they have been rounded, so that the transport never
/// changes a bit and a replay needs to know nothing of it.
///
///   real    4 bytes a value
///   half    2: every value is an IEEE half
///   bfloat  2: the lower 16 bits of every value are zero
///   blocks  1, and 4 for the scale of a block (`int8`: 256 values): each value is +- scale * q /
///           127, q <= 127, as `int8` makes them
///   powers  9/8: every value is a power of two, zero or infinite, as `natural` makes them
///   signs   1/8: every value is +s or -s, as `sign` makes them
///   sparse  values that are not +0, packed in one of the ways above, and their places: a number of
///           4 bytes each or a bit a value, whichever is smaller (`top_k`, `random_k`)
///
/// Minus zero, NaN and infinite values keep their bits. Some 256 values, spread over all of them,
/// decide whether a packing is tried at all, so that what cannot be packed costs next to nothing;
/// the length of blocks is found out from the first 16,384.
///
/// Cost    two passes at most for what can be packed, and the memory of what comes out; sparse ones
///         a third pass and 8 bytes for each value that is kept.
struct Packed {
  Packing packing = Packing::real;
  std::vector<std::byte> bytes;  ///< empty with Packing::real: the values themselves are sent
};

/// Chooses the smallest.
[[nodiscard]] Packed pack(std::span<const Real> values);

/// Bytes that an update of so many values takes at most, in any packing.
[[nodiscard]] std::size_t packed_bytes_max(std::size_t dimension);

/// Fills `out` (dimension) from what pack() made; the caller has checked nothing.
///
/// Errors  cluster/bad-update: bytes that do not fit the packing and the dimension.
[[nodiscard]] Status unpack(Packing packing, std::span<const std::byte> bytes, std::span<Real> out);

}  // namespace tailrace::cluster
