#include "tailrace/policy/transform/adam.hpp"

#include <cmath>

#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

/// What one step needs besides the arrays: u <- mean_gain * m / (root_gain * sqrt(v) + epsilon).
struct Gains {
  double beta1;
  double beta2;
  double mean_gain;
  double root_gain;
  double epsilon;
};

TAILRACE_KERNEL void adapt(const Gains gains, Real scale, const Real* in, Real* mean, Real* root,
                           Real* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const auto u = static_cast<double>(scale * in[i]);
    const auto before = static_cast<double>(root[i]);
    const double m = gains.beta1 * static_cast<double>(mean[i]) + (1 - gains.beta1) * u;
    const double r = std::sqrt(gains.beta2 * before * before + (1 - gains.beta2) * u * u);
    mean[i] = static_cast<Real>(m);
    root[i] = static_cast<Real>(r);
    out[i] = static_cast<Real>(gains.mean_gain * m / (gains.root_gain * r + gains.epsilon));
  }
}

}  // namespace

void Adam::run(const Block& block) {
  const Gains gains{.beta1 = beta1,
                    .beta2 = beta2,
                    .mean_gain = bias_correction ? 1 / (1 - power1) : 1,
                    .root_gain = bias_correction ? 1 / std::sqrt(1 - power2) : 1,
                    .epsilon = epsilon};
  adapt(gains, block.scale, block.in, mean.at(block), root.at(block), block.out, block.size);
}

}  // namespace tailrace::policy
