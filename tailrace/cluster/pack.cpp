#include "tailrace/cluster/pack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>

#include "tailrace/cluster/packings.hpp"
#include "tailrace/math/kernel.hpp"

namespace tailrace::cluster {
namespace {

static_assert(std::endian::native == std::endian::little, "packed values are sent as they lie");

using Bytes = std::vector<std::byte>;

/// How a sparse update says where its values stand.
enum class Form : std::uint8_t { list = 0, bitmap = 1 };

/// A sparse update begins with its values' packing, its form, and how many values it kept.
constexpr std::size_t head_bytes = 10;

constexpr std::size_t list_bytes(std::size_t kept) { return kept * sizeof(std::uint32_t); }
constexpr std::size_t bitmap_bytes(std::size_t dimension) { return (dimension + 7) / 8; }

TAILRACE_KERNEL std::size_t count_kept(const Real* values, std::size_t size) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size; ++i) kept += std::bit_cast<std::uint32_t>(values[i]) != 0;
  return kept;
}

struct Kept {
  std::vector<Real> values;
  std::vector<std::uint32_t> places;
};

Kept keep(std::span<const Real> values, std::size_t count) {
  // One more: every value is written, and overwritten by the next if it is zero.
  Kept kept{std::vector<Real>(count + 1), std::vector<std::uint32_t>(count + 1)};
  std::size_t k = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    kept.values[k] = values[i];
    kept.places[k] = static_cast<std::uint32_t>(i);
    k += std::bit_cast<std::uint32_t>(values[i]) != 0;
  }
  kept.values.resize(count);
  kept.places.resize(count);
  return kept;
}

void append_bitmap(Bytes& bytes, std::span<const std::uint32_t> places, std::size_t dimension) {
  const std::size_t begin = bytes.size();
  bytes.resize(begin + bitmap_bytes(dimension));
  for (const std::uint32_t place : places) {
    bytes[begin + place / 8] |= static_cast<std::byte>(1U << place % 8);
  }
}

std::optional<Bytes> pack_sparse(std::span<const Real> values) {
  if (values.size() > UINT32_MAX) return {};
  const std::size_t count = count_kept(values.data(), values.size());
  const std::size_t list = list_bytes(count);
  const std::size_t bitmap = bitmap_bytes(values.size());
  if (std::min(list, bitmap) >= sizeof(Real) * (values.size() - count)) return {};
  const Kept kept = keep(values, count);
  const Packed inner = pack_all(kept.values, {values.size(), kept.places});
  const Form form = list < bitmap ? Form::list : Form::bitmap;

  Bytes bytes;
  bytes.reserve(head_bytes + std::min(list, bitmap) +
                (inner.packing == Packing::real ? 4 * count : inner.bytes.size()));
  append(bytes, inner.packing);
  append(bytes, form);
  append(bytes, static_cast<std::uint64_t>(count));
  if (form == Form::list) {
    append(bytes, kept.places.data(), count);
  } else {
    append_bitmap(bytes, kept.places, values.size());
  }
  if (inner.packing == Packing::real) {
    append(bytes, kept.values.data(), count);
  } else {
    append(bytes, inner.bytes.data(), inner.bytes.size());
  }
  return bytes;
}

/// Nothing unless they rise and stay below the dimension.
std::optional<std::vector<std::uint32_t>> read_list(std::span<const std::byte> bytes,
                                                    std::size_t dimension) {
  std::vector<std::uint32_t> places(bytes.size() / sizeof(std::uint32_t));
  std::size_t least = 0;
  for (std::size_t k = 0; k < places.size(); ++k) {
    places[k] = load<std::uint32_t>(bytes.data() + 4 * k);
    if (places[k] < least || places[k] >= dimension) return {};
    least = std::size_t{places[k]} + 1;
  }
  return places;
}

/// Nothing unless it has `count` bits, all below the dimension.
std::optional<std::vector<std::uint32_t>> read_bitmap(std::span<const std::byte> bytes,
                                                      std::size_t count, std::size_t dimension) {
  std::vector<std::uint32_t> places;
  places.reserve(count);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto byte = std::to_integer<std::uint32_t>(bytes[i]);
    for (; byte != 0; byte &= byte - 1) {
      const std::size_t place = 8 * i + static_cast<std::size_t>(std::countr_zero(byte));
      if (place >= dimension || places.size() == count) return {};
      places.push_back(static_cast<std::uint32_t>(place));
    }
  }
  if (places.size() != count) return {};
  return places;
}

Status unpack_sparse(std::span<const std::byte> bytes, std::span<Real> out) {
  if (bytes.size() < head_bytes) return refuse_update("a sparse update without its head");
  if (out.size() > UINT32_MAX) return refuse_update("so many values are not sent as sparse");
  const auto inner = load<Packing>(bytes.data());
  const auto form = load<Form>(bytes.data() + 1);
  const auto count = load<std::uint64_t>(bytes.data() + 2);
  if (form != Form::list && form != Form::bitmap) {
    return refuse_update("places are neither a list (0) nor a bitmap (1)");
  }
  if (count > out.size()) {
    return refuse_update(fmt::format("{} of {} values are kept", count, out.size()));
  }
  const std::size_t size = form == Form::list ? list_bytes(count) : bitmap_bytes(out.size());
  if (size > bytes.size() - head_bytes) return refuse_update("places are cut short");
  const std::span<const std::byte> where = bytes.subspan(head_bytes, size);
  const auto places =
      form == Form::list ? read_list(where, out.size()) : read_bitmap(where, count, out.size());
  if (!places) {
    return refuse_update("places do not rise, are not as many as kept values, or go beyond them");
  }
  std::vector<Real> kept(count);
  if (Status read =
          unpack_all(inner, bytes.subspan(head_bytes + size), {out.size(), *places}, kept);
      !read) {
    return read;
  }
  std::ranges::fill(out, Real{0});
  for (std::size_t k = 0; k < kept.size(); ++k) out[(*places)[k]] = kept[k];
  return {};
}

}  // namespace

Packed pack(std::span<const Real> values) {
  const Sample sample(values);
  Packed sparse;
  std::size_t least = values.size() * sizeof(Real);
  // Fewer zeros than one in 16 save less than their places take.
  if (16 * sample.zeros() > sample.values().size()) {
    if (auto bytes = pack_sparse(values); bytes && bytes->size() < least) {
      least = bytes->size();
      sparse = {Packing::sparse, std::move(*bytes)};
    }
  }
  // No other packing of an update with zeros is below a byte a value.
  if (least <= values.size()) return sparse;
  Packed all = pack_all(values, {values.size()});
  return all.packing != Packing::real && all.bytes.size() < least ? all : sparse;
}

std::size_t packed_bytes_max(std::size_t dimension) { return dimension * sizeof(Real); }

Status unpack(Packing packing, std::span<const std::byte> bytes, std::span<Real> out) {
  if (packing == Packing::sparse) return unpack_sparse(bytes, out);
  return unpack_all(packing, bytes, {out.size()}, out);
}

}  // namespace tailrace::cluster
