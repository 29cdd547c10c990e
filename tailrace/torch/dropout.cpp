#include "tailrace/torch/dropout.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <utility>

#include "tailrace/core/check.hpp"

namespace tailrace::torch {
namespace {

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): one of each thread
thread_local at::Generator* innermost = nullptr;

/// Draws compare 16 bits each, so that a generator's 64 serve four numbers.
constexpr int bits = 16;
constexpr std::uint64_t steps = std::uint64_t{1} << bits;

/// Writes 0 or 1/(1-q) to each place, q = zeros / steps.
template <class Number>
void fill_factors(at::CPUGeneratorImpl& generator, std::uint64_t zeros, at::Tensor& factors) {
  const auto kept =
      static_cast<Number>(static_cast<double>(steps) / static_cast<double>(steps - zeros));
  const Number choices[2] = {kept, 0};
  auto* const out = factors.data_ptr<Number>();
  const std::int64_t size = factors.numel();
  const std::lock_guard lock(generator.mutex_);
  for (std::int64_t i = 0; i < size;) {
    std::uint64_t drawn = generator.random64();
    const std::int64_t end = std::min<std::int64_t>(size, i + 64 / bits);
    for (; i < end; ++i, drawn >>= bits) out[i] = choices[drawn % steps < zeros];
  }
}

}  // namespace

DrawScope::DrawScope(at::Generator generator)
    : generator_(std::move(generator)), outer_(std::exchange(innermost, &generator_)) {}

DrawScope::~DrawScope() { innermost = outer_; }

at::Tensor keyed_dropout(const at::Tensor& x, double p, bool training) {
  TAILRACE_CHECK(p >= 0 && p < 1);
  if (!training || p == 0 || innermost == nullptr) return x;
  const auto zeros = static_cast<std::uint64_t>(std::lround(p * steps));
  if (zeros == 0) return x;
  auto& generator = *innermost->get<at::CPUGeneratorImpl>();
  const bool in_double = x.scalar_type() == at::kDouble;
  at::Tensor factors = at::empty(x.sizes(), in_double ? at::kDouble : at::kFloat);
  (in_double ? fill_factors<double> : fill_factors<float>)(generator, std::min(zeros, steps - 1),
                                                           factors);
  return x * factors.to(x.options());
}

}  // namespace tailrace::torch
