#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tailrace/cluster/pack.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/result.hpp"

/// The packings of values that all travel: of a whole update, or of what a sparse one kept. Each
/// looks at every value in one pass and gives up at the first one that it cannot hold.
namespace tailrace::cluster {

/// Where values stand in their update.
struct Places {
  std::size_t dimension;                        ///< of the update
  std::span<const std::uint32_t> numbers = {};  ///< rising; empty: all, 0 to dimension - 1
  [[nodiscard]] std::size_t operator[](std::size_t i) const {
    return numbers.empty() ? i : numbers[i];
  }
};

/// Up to 256 of the values, spread over all of them. What does not fit these is not tried.
class Sample {
 public:
  explicit Sample(std::span<const Real> values);
  [[nodiscard]] std::span<const Real> values() const { return {values_, size_}; }
  /// Of its values, those that are +0.
  [[nodiscard]] std::size_t zeros() const;

 private:
  static constexpr std::size_t most = 256;
  Real values_[most];
  std::size_t size_ = 0;
};

/// Every value is one of +s and -s: s, then a bit for each.
std::optional<std::vector<std::byte>> pack_signs(std::span<const Real> values);
/// Every value is a power of two, zero or infinite: the exponents, then a bit for each sign.
std::optional<std::vector<std::byte>> pack_powers(std::span<const Real> values);
std::optional<std::vector<std::byte>> pack_half(std::span<const Real> values);
std::optional<std::vector<std::byte>> pack_bfloat(std::span<const Real> values);
/// Every value is +- scale * level / 127 with a scale that values near it share: the length of a
/// block in the update, a scale for each block that holds a value, a byte for each value.
std::optional<std::vector<std::byte>> pack_blocks(std::span<const Real> values,
                                                  const Places& places);

/// The smallest of them, or Packing::real without bytes.
[[nodiscard]] Packed pack_all(std::span<const Real> values, const Places& places);
/// Undoes each of them, `real` included.
[[nodiscard]] Status unpack_all(Packing packing, std::span<const std::byte> bytes,
                                const Places& places, std::span<Real> out);

[[nodiscard]] tl::unexpected<Errors> refuse_update(std::string what);

/// Little-endian, as every machine is that we run on.
template <class T>
T load(const std::byte* from) {
  T value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}
template <class T>
void append(std::vector<std::byte>& bytes, const T* values, std::size_t count) {
  const auto* first = reinterpret_cast<const std::byte*>(values);
  bytes.insert(bytes.end(), first, first + count * sizeof(T));
}
template <class T>
void append(std::vector<std::byte>& bytes, T value) {
  append(bytes, &value, 1);
}

}  // namespace tailrace::cluster
