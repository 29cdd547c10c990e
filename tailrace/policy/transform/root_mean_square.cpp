#include "tailrace/policy/transform/root_mean_square.hpp"

#include <cmath>

#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

TAILRACE_KERNEL void divide_by_root(const RootMeanSquare rule, Real scale, const Real* in,
                                    Real* root, Real* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const auto u = static_cast<double>(scale * in[i]);
    const auto before = static_cast<double>(root[i]);
    const double r = std::sqrt(rule.keep * before * before + rule.add * u * u);
    root[i] = static_cast<Real>(r);
    out[i] = static_cast<Real>(u / (rule.gain * r + rule.epsilon));
  }
}

}  // namespace

void RootMeanSquare::divide(const Block& block, Real* root) const {
  divide_by_root(*this, block.scale, block.in, root, block.out, block.size);
}

}  // namespace tailrace::policy
