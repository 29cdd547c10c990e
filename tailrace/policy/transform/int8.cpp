#include "tailrace/policy/transform/int8.hpp"

#include <algorithm>
#include <cmath>

#include "tailrace/policy/transform/largest_size.hpp"

namespace tailrace::policy {
namespace {

constexpr double levels = 127;

void round_block(std::span<Real> values, Stream& stream) {
  const double scale = largest_size(values);
  for (Real& value : values) {
    const double chance = (static_cast<double>(stream.bits32()) + 0.5) * 0x1p-32;
    if (value == 0) continue;
    const double size = levels * std::fabs(static_cast<double>(value)) / scale;
    // NaN, from an infinity or another NaN, passes through the minimum.
    const double level = std::min(std::floor(size + chance), levels);
    value = std::copysign(static_cast<Real>(scale * level / levels), value);
  }
}

}  // namespace

void Int8::apply(const Arrival& arrival, Update& update) {
  Stream stream(key, arrival.worker, arrival.job);
  feedback.through(arrival.worker, update, [&](std::span<Real> values) {
    for (std::size_t begin = 0; begin < values.size(); begin += block) {
      round_block(values.subspan(begin, std::min<std::size_t>(block, values.size() - begin)),
                  stream);
    }
  });
}

void Int8::pack(Message& message) const {
  // Of a sparse message, only blocks that hold a number need a scale.
  const double blocks = std::ceil(message.dimension / static_cast<double>(block));
  message.bits_per_number = std::fmin(message.bits_per_number, 8);
  message.other_bits += 32 * std::fmin(blocks, message.numbers);
}

}  // namespace tailrace::policy
