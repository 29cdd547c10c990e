#include "tailrace/policy/transform/nesterov.hpp"

#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

TAILRACE_KERNEL void look_ahead(Real beta, Real scale, const Real* in, Real* memory, Real* out,
                                std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const Real u = scale * in[i];
    const Real m = beta * memory[i] + u;
    memory[i] = m;
    out[i] = u + beta * m;
  }
}

}  // namespace

void Nesterov::run(const Block& block) {
  look_ahead(static_cast<Real>(beta), block.scale, block.in, memory.at(block), block.out,
             block.size);
}

}  // namespace tailrace::policy
