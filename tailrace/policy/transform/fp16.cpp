#include "tailrace/policy/transform/fp16.hpp"

#include <bit>
#include <cmath>
#include <cstdint>

#include "tailrace/math/kernel.hpp"
#include "tailrace/math/vector.hpp"
#include "tailrace/policy/transform/largest_size.hpp"

namespace tailrace::policy {
namespace {

/// A message's power of two.
struct Scale {
  Real up = 1;
  Real down = 1;      ///< 1 / up
  Real most = 65504;  ///< scaled coordinates are cut there
};

Scale scale_of(std::span<const Real> values) {
  const double largest = largest_size(values);
  if (largest == 0 || !std::isfinite(largest)) return {};
  // Both powers are normal floats.
  const int exponent = std::min(14 - std::ilogb(largest), 126);
  constexpr int last_exponent = 14 - 127;
  return {.up = static_cast<Real>(std::ldexp(1.0, exponent)),
          .down = static_cast<Real>(std::ldexp(1.0, -exponent)),
          // Rounded up, the largest floats of all would leave the range of floats.
          .most = exponent == last_exponent ? Real{32752} : Real{65504}};
}

/// Of numbers in the range of halves. Adding to a float's bits carries into its exponent where
/// rounding has to; below 2^-14 halves are multiples of 2^-24, as are floats next to a half.
TAILRACE_KERNEL void round_to_halves(Real* values, std::size_t size, Scale scale) {
  for (std::size_t i = 0; i < size; ++i) {
    const Real scaled = std::fabs(values[i] * scale.up);
    const auto bits = std::bit_cast<std::uint32_t>(scaled);
    const std::uint32_t nearest = (bits + 0xfffU + ((bits >> 13) & 1U)) & 0xffffe000U;
    const Real denormal = (scaled + 0.5F) - 0.5F;
    Real rounded = scaled < 0x1p-14F ? denormal : std::bit_cast<Real>(nearest);
    rounded = rounded < scale.most ? rounded : scale.most;
    const Real sent = std::copysign(rounded, values[i]) * scale.down;
    values[i] = bits < 0x7f800000U ? sent : values[i];
  }
}

}  // namespace

void Fp16::apply(const Arrival& arrival, Update& update) {
  Scale scale;
  feedback.through(arrival.worker, update, [&](std::span<Real> values) {
    scale = scale_of(values);
    round_to_halves(values.data(), values.size(), scale);
  });
  // What travels is the halves themselves; a product with a power of two is exact.
  const std::span<Real> values = update.edit();
  math::scale(values.data(), scale.up, values.data(), values.size());
  update.scale(static_cast<double>(scale.down));
}

void Fp16::pack(Message& message) const {
  message.bits_per_number = std::fmin(message.bits_per_number, 16);
  message.other_bits += 32;
}

}  // namespace tailrace::policy
