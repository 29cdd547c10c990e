#include "tailrace/policy/transform/weight_decay.hpp"

#include "tailrace/core/check.hpp"
#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

TAILRACE_KERNEL void add_model(Real strength, const Real* model, Real scale, const Real* in,
                               Real* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out[i] = scale * in[i] + strength * model[i];
}

}  // namespace

void WeightDecay::run(const Block& block) const {
  TAILRACE_CHECK(block.begin + block.size <= model.size());
  add_model(static_cast<Real>(strength), model.data() + block.begin, block.scale, block.in,
            block.out, block.size);
}

}  // namespace tailrace::policy
