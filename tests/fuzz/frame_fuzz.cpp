// Feeds arbitrary bytes to what a server reads first of a stranger: frames, and packed updates.
// Whatever is taken must say what its bytes say, and come back as it was; what is refused must be
// refused with one complete error.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "tailrace/cluster/frame.hpp"
#include "tailrace/cluster/pack.hpp"
#include "tailrace/core/check.hpp"

namespace {

using namespace tailrace;
using cluster::Packing;
using Bytes = std::span<const std::byte>;

void check_error(const Errors& errors) {
  TAILRACE_CHECK(errors.size() == 1);
  const Error& error = errors.front();
  TAILRACE_CHECK(!error.code.empty() && !error.what.empty());
  TAILRACE_CHECK(!error.where.empty() && !error.fix.empty());
}

void check_frame(Bytes message) {
  const auto frame = cluster::decode(message);
  if (!frame) return check_error(frame.error());
  TAILRACE_CHECK(!cluster::name_of(*frame).empty());
  // Of a Hello in another version nothing is read but the version.
  const auto* hello = std::get_if<cluster::Hello>(&*frame);
  if (hello != nullptr && hello->protocol != cluster::protocol_version) return;
  TAILRACE_CHECK(std::ranges::equal(cluster::encode(*frame), message));
}

/// Bits, not values: minus zero and NaN count as well.
void check_packing(std::span<const Real> values) {
  const cluster::Packed packed = cluster::pack(values);
  const Bytes bytes = packed.packing == Packing::real ? std::as_bytes(values) : packed.bytes;
  TAILRACE_CHECK(bytes.size() <= cluster::packed_bytes_max(values.size()));
  std::vector<Real> out(values.size());
  TAILRACE_CHECK(cluster::unpack(packed.packing, bytes, out).has_value());
  TAILRACE_CHECK(values.empty() ||
                 std::memcmp(values.data(), out.data(), values.size_bytes()) == 0);
}

void check_update(Packing packing, Bytes bytes, std::size_t dimension) {
  std::vector<Real> out(dimension);
  const Status read = cluster::unpack(packing, bytes, out);
  if (!read) return check_error(read.error());
  check_packing(out);
}

/// The bytes as values.
void check_values(Bytes bytes) {
  std::vector<Real> values(bytes.size() / sizeof(Real));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(Real));
  check_packing(values);
}

}  // namespace

// The input: which of the three it is, for an update its packing and its dimension (2 bytes), and
// the bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input = std::as_bytes(std::span(data, size));
  if (input.empty()) return 0;
  const auto byte = [&input](std::size_t i) { return std::to_integer<std::size_t>(input[i]); };
  switch (byte(0) % 3) {
    case 0:
      check_frame(input.subspan(1));
      break;
    case 1:
      check_values(input.subspan(1));
      break;
    default:
      if (size < 4) break;
      check_update(static_cast<Packing>(byte(1)), input.subspan(4), byte(2) | byte(3) << 8);
  }
  return 0;
}
