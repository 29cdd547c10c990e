#include "tailrace/cluster/packings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

#include "tailrace/math/kernel.hpp"

namespace tailrace::cluster {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::uint32_t sign_bit = 0x80000000;
constexpr std::uint32_t infinite = 0x7f800000;
constexpr std::uint32_t fraction_bits = 0x007fffff;
constexpr std::uint32_t smallest_half = 0x38800000;  ///< 2^-14, below which halfs are denormal
constexpr std::uint32_t largest_half = 0x477fe000;   ///< 65504
constexpr std::uint32_t half_bias = 112U << 23;      ///< between the exponents of float and half
constexpr double levels = 127;

/// Values that a pass looks at before it may give up.
constexpr std::size_t piece = 4096;

inline std::uint32_t bits_of(Real value) { return std::bit_cast<std::uint32_t>(value); }
inline Real real_of(std::uint32_t bits) { return std::bit_cast<Real>(bits); }

// Each of these returns 0 if every value came through with all its bits.

/// A branch around floating-point work would keep the loops from being vectorized.
inline std::uint32_t choose(bool condition, std::uint32_t yes, std::uint32_t no) {
  const std::uint32_t mask = 0U - static_cast<std::uint32_t>(condition);
  return (yes & mask) | (no & ~mask);
}

TAILRACE_KERNEL std::uint32_t to_half(const Real* in, std::size_t size, std::uint16_t* out) {
  std::uint32_t lost = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t bits = bits_of(in[i]);
    const std::uint32_t value = bits & ~sign_bit;
    const bool small = value < smallest_half;
    // Denormal halfs are multiples of 2^-24.
    const float multiple = real_of(choose(small, value, 0)) * 0x1p24F;
    const auto whole = static_cast<std::int32_t>(multiple);
    const std::uint32_t rounded = bits_of(static_cast<float>(whole)) ^ bits_of(multiple);
    const std::uint32_t special = 0x7c00U | (value >> 13 & 0x3ffU);
    const std::uint32_t normal = choose(value >= infinite, special, (value - half_bias) >> 13);
    const auto beyond = static_cast<std::uint32_t>(value > largest_half) &
                        static_cast<std::uint32_t>(value < infinite);
    lost |= choose(small, rounded, (value & 0x1fffU) | beyond);
    out[i] = static_cast<std::uint16_t>((bits >> 16 & 0x8000U) |
                                        choose(small, static_cast<std::uint32_t>(whole), normal));
  }
  return lost;
}

TAILRACE_KERNEL void from_half(const std::byte* in, std::size_t size, Real* out) {
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t bits = load<std::uint16_t>(in + 2 * i);
    const std::uint32_t value = bits & 0x7fffU;
    const std::uint32_t small =
        bits_of(static_cast<float>(static_cast<std::int32_t>(value)) * 0x1p-24F);
    const std::uint32_t large = (value << 13) + half_bias + choose(value >= 0x7c00U, half_bias, 0);
    out[i] = real_of((bits & 0x8000U) << 16 | choose(value < 0x400U, small, large));
  }
}

TAILRACE_KERNEL std::uint32_t to_bfloat(const Real* in, std::size_t size, std::uint16_t* out) {
  std::uint32_t lost = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t bits = bits_of(in[i]);
    lost |= bits & 0xffffU;
    out[i] = static_cast<std::uint16_t>(bits >> 16);
  }
  return lost;
}

TAILRACE_KERNEL void from_bfloat(const std::byte* in, std::size_t size, Real* out) {
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = real_of(static_cast<std::uint32_t>(load<std::uint16_t>(in + 2 * i)) << 16);
  }
}

TAILRACE_KERNEL std::uint32_t to_exponents(const Real* in, std::size_t size, std::uint8_t* out) {
  std::uint32_t lost = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t bits = bits_of(in[i]);
    lost |= bits & fraction_bits;
    out[i] = static_cast<std::uint8_t>(bits >> 23 & 0xffU);
  }
  return lost;
}

TAILRACE_KERNEL std::uint32_t differ_in_size(const Real* in, std::size_t size, std::uint32_t from) {
  std::uint32_t lost = 0;
  for (std::size_t i = 0; i < size; ++i) lost |= (bits_of(in[i]) & ~sign_bit) ^ from;
  return lost;
}

TAILRACE_KERNEL std::uint32_t largest_size(const Real* in, std::size_t size) {
  std::uint32_t most = 0;
  for (std::size_t i = 0; i < size; ++i) most = std::max(most, bits_of(in[i]) & ~sign_bit);
  return most;
}

/// As `int8` makes them, to the bit.
inline Real at_level(double scale, std::int32_t level) {
  return static_cast<Real>(scale * static_cast<double>(level) / levels);
}

/// No value is larger than `scale`, which is finite.
TAILRACE_KERNEL std::uint32_t to_levels(const Real* in, std::size_t size, double scale,
                                        std::uint8_t* out) {
  const double per = scale > 0 ? levels / scale : 0;
  std::uint32_t lost = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t bits = bits_of(in[i]);
    const std::uint32_t value = bits & ~sign_bit;
    const auto level = static_cast<std::int32_t>(static_cast<double>(real_of(value)) * per + 0.5);
    lost |= bits_of(at_level(scale, level)) ^ value;
    out[i] = static_cast<std::uint8_t>(bits >> 31 << 7 | static_cast<std::uint32_t>(level));
  }
  return lost;
}

TAILRACE_KERNEL void from_levels(const std::byte* in, std::size_t size, double scale, Real* out) {
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = std::to_integer<std::uint32_t>(in[i]);
    const Real value = at_level(scale, static_cast<std::int32_t>(byte & 0x7fU));
    out[i] = real_of(bits_of(value) | (byte & 0x80U) << 24);
  }
}

template <class Word>
std::optional<Bytes> pack_words(std::span<const Real> values,
                                std::uint32_t (*to_words)(const Real*, std::size_t, Word*)) {
  Bytes bytes;
  std::array<Word, piece> words;
  for (std::size_t begin = 0; begin < values.size(); begin += piece) {
    const std::size_t size = std::min(piece, values.size() - begin);
    if (to_words(values.data() + begin, size, words.data()) != 0) return {};
    // Room for the signs of `powers` as well.
    if (begin == 0) bytes.reserve(values.size() * sizeof(Word) + values.size() / 8 + 1);
    append(bytes, words.data(), size);
  }
  return bytes;
}

constexpr std::size_t bytes_of_bits(std::size_t count) { return (count + 7) / 8; }

void append_signs(Bytes& bytes, std::span<const Real> values) {
  const std::size_t begin = bytes.size();
  bytes.resize(begin + bytes_of_bits(values.size()));
  for (std::size_t first = 0; first < values.size(); first += 8) {
    const std::size_t size = std::min<std::size_t>(8, values.size() - first);
    std::uint32_t byte = 0;
    for (std::size_t i = 0; i < size; ++i) byte |= bits_of(values[first + i]) >> 31 << i;
    bytes[begin + first / 8] = static_cast<std::byte>(byte);
  }
}

inline std::uint32_t sign_at(const std::byte* signs, std::size_t i) {
  return std::to_integer<std::uint32_t>(signs[i / 8]) >> i % 8 << 31;
}

/// Whether the bits behind the last sign are zero.
bool ends_clean(const std::byte* signs, std::size_t count) {
  return count % 8 == 0 || std::to_integer<std::uint32_t>(signs[count / 8]) >> count % 8 == 0;
}

/// Calls body(begin, end) for the values of every block that holds some, until it returns false.
template <class Body>
bool each_block(std::size_t count, const Places& places, std::size_t block, const Body& body) {
  for (std::size_t begin = 0; begin < count;) {
    const std::size_t limit = (places[begin] / block + 1) * block;
    std::size_t end = begin;
    if (places.numbers.empty()) {
      end = std::min(limit, count);
    } else {
      while (end < count && places[end] < limit) ++end;
    }
    if (!body(begin, end)) return false;
    begin = end;
  }
  return true;
}

/// No block that `int8` makes is longer.
constexpr std::size_t block_max = 16'384;

/// How long a block may be: where the first one's largest value stands, it has not ended, and it
/// has where a value is none of that one's levels.
struct Lengths {
  std::size_t least = 1;
  std::size_t most = 0;
};

Lengths lengths_of(std::span<const Real> values, const Places& places) {
  Lengths lengths;
  std::uint32_t most = 0;
  std::uint8_t ignored = 0;
  for (std::size_t i = 0; i < values.size() && places[i] < block_max; ++i) {
    const std::uint32_t size = bits_of(values[i]) & ~sign_bit;
    if (size >= infinite) break;
    if (size <= most && i > 0) continue;
    most = size;
    std::size_t end = 0;
    const auto fits = [&](const Real& value) {
      return (bits_of(value) & ~sign_bit) <= most &&
             to_levels(&value, 1, real_of(most), &ignored) == 0;
    };
    while (end < values.size() && places[end] < block_max && fits(values[end])) ++end;
    if (end > i) {
      lengths.least = places[i] + 1;
      lengths.most = end < values.size() ? places[end] : places.dimension;
    }
  }
  return lengths;
}

std::optional<Bytes> pack_blocks_of(std::span<const Real> values, const Places& places,
                                    std::size_t block) {
  std::vector<Real> scales;
  Bytes bytes;
  std::array<std::uint8_t, piece> codes;
  const auto pack_one = [&](std::size_t begin, std::size_t end) {
    const std::uint32_t scale = largest_size(values.data() + begin, end - begin);
    if (scale >= infinite) return false;
    scales.push_back(real_of(scale));
    for (; begin < end; begin += piece) {
      const std::size_t size = std::min(piece, end - begin);
      if (to_levels(values.data() + begin, size, real_of(scale), codes.data()) != 0) return false;
      append(bytes, codes.data(), size);
    }
    return true;
  };
  if (!each_block(values.size(), places, block, pack_one)) return {};
  Bytes packed;
  packed.reserve(4 + 4 * scales.size() + bytes.size());
  append(packed, static_cast<std::uint32_t>(block));
  append(packed, scales.data(), scales.size());
  append(packed, bytes.data(), bytes.size());
  return packed;
}

Status unpack_blocks(std::span<const std::byte> bytes, const Places& places, std::span<Real> out) {
  if (bytes.size() < 4) return refuse_update("blocks without their length");
  const std::size_t block = load<std::uint32_t>(bytes.data());
  if (block == 0) return refuse_update("blocks of no value");
  std::size_t blocks = 0;
  each_block(out.size(), places, block, [&](std::size_t, std::size_t) { return ++blocks > 0; });
  const std::size_t wanted = 4 + 4 * blocks + out.size();
  if (bytes.size() != wanted) {
    return refuse_update(fmt::format("{} blocks of {} values take {} bytes instead of {}", blocks,
                                     out.size(), wanted, bytes.size()));
  }
  const std::byte* scale = bytes.data() + 4;
  const std::byte* codes = scale + 4 * blocks;
  const bool good = each_block(out.size(), places, block, [&](std::size_t begin, std::size_t end) {
    if (load<std::uint32_t>(scale) >= infinite) return false;
    from_levels(codes + begin, end - begin, load<Real>(scale), out.data() + begin);
    scale += 4;
    return true;
  });
  return good ? Status() : refuse_update("a block's scale is not a number of 0 or more");
}

Status unpack_signs(std::span<const std::byte> bytes, std::span<Real> out) {
  const std::uint32_t size = load<std::uint32_t>(bytes.data());
  const std::byte* signs = bytes.data() + 4;
  if ((size & sign_bit) != 0 || !ends_clean(signs, out.size())) {
    return refuse_update("signs of a negative size, or bits behind the last one");
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = real_of(size | sign_at(signs, i));
  return {};
}

Status unpack_powers(std::span<const std::byte> bytes, std::span<Real> out) {
  const std::byte* signs = bytes.data() + out.size();
  if (!ends_clean(signs, out.size())) return refuse_update("bits behind the last sign");
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = real_of(std::to_integer<std::uint32_t>(bytes[i]) << 23 | sign_at(signs, i));
  }
  return {};
}

}  // namespace

Sample::Sample(std::span<const Real> values) {
  size_ = std::min(most, values.size());
  const std::size_t stride = values.size() / most;
  for (std::size_t i = 0; i < size_; ++i) {
    // Not always the same column of a matrix.
    const std::size_t aside = stride > 1 ? i * 2'654'435'761U % stride : 0;
    values_[i] = values[stride > 1 ? i * stride + aside : i];
  }
}

std::size_t Sample::zeros() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(values(), [](Real value) { return bits_of(value) == 0; }));
}

std::optional<Bytes> pack_signs(std::span<const Real> values) {
  if (values.empty()) return {};
  const std::uint32_t size = bits_of(values[0]) & ~sign_bit;
  for (std::size_t begin = 0; begin < values.size(); begin += piece) {
    const std::size_t count = std::min(piece, values.size() - begin);
    if (differ_in_size(values.data() + begin, count, size) != 0) return {};
  }
  Bytes bytes;
  bytes.reserve(4 + bytes_of_bits(values.size()));
  append(bytes, size);
  append_signs(bytes, values);
  return bytes;
}

std::optional<Bytes> pack_powers(std::span<const Real> values) {
  std::optional<Bytes> bytes = pack_words<std::uint8_t>(values, to_exponents);
  if (bytes) append_signs(*bytes, values);
  return bytes;
}

std::optional<Bytes> pack_half(std::span<const Real> values) {
  return pack_words<std::uint16_t>(values, to_half);
}

std::optional<Bytes> pack_bfloat(std::span<const Real> values) {
  return pack_words<std::uint16_t>(values, to_bfloat);
}

std::optional<Bytes> pack_blocks(std::span<const Real> values, const Places& places) {
  const Lengths lengths = lengths_of(values, places);
  // Zeros leave it open where the first block ends: then the usual lengths come first.
  for (const std::size_t usual :
       {256, 16, 32, 64, 128, 512, 1024, 2048, 4096, 8192, 16'384, 100, 1000, 10'000, 16'000}) {
    if (usual < lengths.least || usual > lengths.most) continue;
    if (auto bytes = pack_blocks_of(values, places, usual)) return bytes;
  }
  if (lengths.most < 2 || lengths.most > UINT32_MAX) return {};
  return pack_blocks_of(values, places, lengths.most);
}

Packed pack_all(std::span<const Real> values, const Places& places) {
  if (values.empty()) return {};
  const Sample sample(values);
  if (pack_signs(sample.values())) {
    if (auto bytes = pack_signs(values)) return {Packing::signs, std::move(*bytes)};
  }
  if (pack_powers(sample.values())) {
    if (auto bytes = pack_powers(values)) return {Packing::powers, std::move(*bytes)};
  }
  Packed best;
  std::size_t least = values.size() * sizeof(Real);
  const auto consider = [&](Packing packing, std::optional<Bytes> bytes) {
    if (!bytes || bytes->size() >= least) return;
    least = bytes->size();
    best = {packing, std::move(*bytes)};
  };
  consider(Packing::blocks, pack_blocks(values, places));
  if (least <= 2 * values.size()) return best;
  if (pack_bfloat(sample.values())) consider(Packing::bfloat, pack_bfloat(values));
  if (least <= 2 * values.size()) return best;
  if (pack_half(sample.values())) consider(Packing::half, pack_half(values));
  return best;
}

Status unpack_all(Packing packing, std::span<const std::byte> bytes, const Places& places,
                  std::span<Real> out) {
  const auto expect = [&](std::size_t size) {
    return bytes.size() == size
               ? Status()
               : refuse_update(fmt::format("{} values as {} take {} bytes instead of {}",
                                           out.size(), to_string(packing), size, bytes.size()));
  };
  Status right;
  switch (packing) {
    case Packing::real:
      if (right = expect(4 * out.size()); right && !out.empty()) {
        __builtin_memcpy(out.data(), bytes.data(), bytes.size());
      }
      return right;
    case Packing::half:
      if (right = expect(2 * out.size()); right) from_half(bytes.data(), out.size(), out.data());
      return right;
    case Packing::bfloat:
      if (right = expect(2 * out.size()); right) from_bfloat(bytes.data(), out.size(), out.data());
      return right;
    case Packing::signs:
      right = expect(4 + bytes_of_bits(out.size()));
      return right ? unpack_signs(bytes, out) : right;
    case Packing::powers:
      right = expect(out.size() + bytes_of_bits(out.size()));
      return right ? unpack_powers(bytes, out) : right;
    case Packing::blocks:
      return unpack_blocks(bytes, places, out);
    case Packing::sparse:
      break;
  }
  return refuse_update("values that a sparse update kept are packed as sparse again");
}

tl::unexpected<Errors> refuse_update(std::string what) {
  return fail({.code = "cluster/bad-update",
               .what = std::move(what),
               .where = "update",
               .fix = "pack the values as docs/protocol.md says, or send them as they are (real)",
               .in_data = true});
}

}  // namespace tailrace::cluster
