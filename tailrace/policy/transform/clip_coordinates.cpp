#include "tailrace/policy/transform/clip_coordinates.hpp"

#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

TAILRACE_KERNEL void clamp(Real bound, Real scale, const Real* in, Real* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    // In this order NaN passes through.
    const Real value = scale * in[i];
    const Real below = value > bound ? bound : value;
    out[i] = below < -bound ? -bound : below;
  }
}

}  // namespace

void ClipCoordinates::run(const Block& block) const {
  clamp(static_cast<Real>(threshold), block.scale, block.in, block.out, block.size);
}

}  // namespace tailrace::policy
