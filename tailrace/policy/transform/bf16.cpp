#include "tailrace/policy/transform/bf16.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

/// Adding to a float's bits carries into its exponent where rounding has to.
TAILRACE_KERNEL void round_to_upper_halves(Real* values, std::size_t size) {
  constexpr std::uint32_t sign_mask = 0x80000000U;
  constexpr std::uint32_t infinite = 0x7f800000U;
  constexpr std::uint32_t largest = 0x7f7f0000U;
  for (std::size_t i = 0; i < size; ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(values[i]);
    const std::uint32_t magnitude = bits & ~sign_mask;
    const std::uint32_t nearest = (magnitude + 0x7fffU + ((magnitude >> 16) & 1U)) & 0xffff0000U;
    const std::uint32_t finite = std::min(nearest, largest) | (bits & sign_mask);
    values[i] = magnitude < infinite ? std::bit_cast<Real>(finite) : values[i];
  }
}

}  // namespace

void Bf16::apply(const Arrival& arrival, Update& update) {
  feedback.through(arrival.worker, update, [](std::span<Real> values) {
    round_to_upper_halves(values.data(), values.size());
  });
}

void Bf16::pack(Message& message) const {
  message.bits_per_number = std::fmin(message.bits_per_number, 16);
}

}  // namespace tailrace::policy
