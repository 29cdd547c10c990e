#include "tailrace/policy/transform/largest_size.hpp"

#include <cmath>
#include <cstddef>

#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

TAILRACE_KERNEL Real largest(const Real* values, std::size_t size) {
  Real most = 0;
  for (std::size_t i = 0; i < size; ++i) most = std::fmax(most, std::fabs(values[i]));
  return most;
}

}  // namespace

double largest_size(std::span<const Real> values) {
  return static_cast<double>(largest(values.data(), values.size()));
}

}  // namespace tailrace::policy
