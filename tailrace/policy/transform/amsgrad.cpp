#include "tailrace/policy/transform/amsgrad.hpp"

#include <cmath>

#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

TAILRACE_KERNEL void adapt(double beta1, double beta2, double epsilon, Real scale, const Real* in,
                           Real* mean, Real* root, Real* largest_root, Real* out,
                           std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const auto u = static_cast<double>(scale * in[i]);
    const auto before = static_cast<double>(root[i]);
    const double m = beta1 * static_cast<double>(mean[i]) + (1 - beta1) * u;
    const auto r = static_cast<Real>(std::sqrt(beta2 * before * before + (1 - beta2) * u * u));
    const Real largest = largest_root[i] > r ? largest_root[i] : r;
    mean[i] = static_cast<Real>(m);
    root[i] = r;
    largest_root[i] = largest;
    out[i] = static_cast<Real>(m / (static_cast<double>(largest) + epsilon));
  }
}

}  // namespace

void AmsGrad::run(const Block& block) {
  adapt(beta1, beta2, epsilon, block.scale, block.in, mean.at(block), root.at(block),
        largest_root.at(block), block.out, block.size);
}

}  // namespace tailrace::policy
