#include "tailrace/core/random.hpp"

#include <Random123/philox.h>

#include "tailrace/core/hash.hpp"

namespace tailrace {
namespace {

__extension__ using Wide = unsigned __int128;

}  // namespace

std::uint64_t Stream::key_of(std::uint64_t seed, Purpose purpose) {
  // One Philox block mixes the two into 64 bits: neighboring seeds share no structure.
  const philox4x32_ctr_t counter = {{static_cast<std::uint32_t>(seed),
                                     static_cast<std::uint32_t>(seed >> 32),
                                     static_cast<std::uint32_t>(purpose), 0x7a11ace5u}};
  const philox4x32_key_t key = {{0x243f6a88u, 0x85a308d3u}};
  const philox4x32_ctr_t mixed = philox4x32(counter, key);
  return static_cast<std::uint64_t>(mixed.v[0]) << 32 | mixed.v[1];
}

Stream::Stream(std::string_view test_name)
    : Stream(key_of(hash_bytes(test_name.data(), test_name.size()), Purpose::test), 0, 0) {}

void Stream::refill() {
  const philox4x32_ctr_t counter = {{blocks_++, static_cast<std::uint32_t>(number_),
                                     static_cast<std::uint32_t>(number_ >> 32), worker_}};
  const philox4x32_key_t key = {
      {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32)}};
  const philox4x32_ctr_t block = philox4x32(counter, key);
  for (std::size_t i = 0; i < 4; ++i) block_[i] = block.v[i];
  used_ = 0;
}

std::uint64_t Stream::below(std::uint64_t n) {
  Wide product = Wide{bits64()} * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t threshold = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < threshold) product = Wide{bits64()} * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace tailrace
