#include "tailrace/policy/transform/compensate_delay.hpp"

#include <algorithm>
#include <cmath>

#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

TAILRACE_KERNEL void compensate(Real lambda, const Real* model, const Real* start, Real scale,
                                const Real* in, Real* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const Real u = scale * in[i];
    out[i] = u + lambda * u * u * (model[i] - start[i]);
  }
}

TAILRACE_KERNEL void compensate_adaptively(double lambda, double decay, Real* mean_square,
                                           const Real* model, const Real* start, Real scale,
                                           const Real* in, Real* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const double u = static_cast<double>(scale * in[i]);
    const double square = decay * static_cast<double>(mean_square[i]) + (1 - decay) * u * u;
    mean_square[i] = static_cast<Real>(square);
    const double drift = static_cast<double>(model[i] - start[i]);
    out[i] = static_cast<Real>(u + lambda / std::sqrt(square + 1e-7) * u * u * drift);
  }
}

}  // namespace

void CompensateDelay::run(const Block& block) {
  TAILRACE_CHECK(block.begin + block.size <= std::min(model.size(), start.size()));
  const Real* x = model.data() + block.begin;
  const Real* x_start = start.data() + block.begin;
  if (adaptive) {
    return compensate_adaptively(lambda, decay, mean_square.at(block), x, x_start, block.scale,
                                 block.in, block.out, block.size);
  }
  compensate(static_cast<Real>(lambda), x, x_start, block.scale, block.in, block.out, block.size);
}

}  // namespace tailrace::policy
