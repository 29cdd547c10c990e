#include "tailrace/policy/transform/mix_in.hpp"

#include <algorithm>

#include "tailrace/core/check.hpp"
#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

TAILRACE_KERNEL void add_drift(const Real* model, const Real* start, Real scale, const Real* in,
                               Real* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out[i] = (model[i] - start[i]) + scale * in[i];
}

}  // namespace

void MixIn::run(const Block& block) const {
  TAILRACE_CHECK(block.begin + block.size <= std::min(model.size(), start.size()));
  add_drift(model.data() + block.begin, start.data() + block.begin, block.scale, block.in,
            block.out, block.size);
}

}  // namespace tailrace::policy
