#include "tailrace/policy/transform/momentum.hpp"

#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

TAILRACE_KERNEL void accumulate(Real beta, Real gain, const Real* in, Real* memory, Real* out,
                                std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const Real value = beta * memory[i] + gain * in[i];
    memory[i] = value;
    out[i] = value;
  }
}

}  // namespace

void Momentum::run(const Block& block) {
  const Real gain = static_cast<Real>(1 - dampening) * block.scale;
  accumulate(static_cast<Real>(beta), gain, block.in, memory.at(block), block.out, block.size);
}

}  // namespace tailrace::policy
