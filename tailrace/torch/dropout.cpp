#include "tailrace/torch/dropout.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

#include <utility>

#include "tailrace/core/check.hpp"

namespace tailrace::torch {
namespace {

thread_local at::Generator* innermost = nullptr;

}  // namespace

DrawScope::DrawScope(at::Generator generator)
    : generator_(std::move(generator)), outer_(std::exchange(innermost, &generator_)) {}

DrawScope::~DrawScope() { innermost = outer_; }

at::Tensor keyed_dropout(const at::Tensor& x, double p, bool training) {
  TAILRACE_CHECK(p >= 0 && p < 1);
  if (!training || p == 0 || innermost == nullptr) return x;
  at::Tensor factors = at::empty(x.sizes(), x.options().device(at::kCPU));
  factors.bernoulli_(1 - p, *innermost).mul_(1 / (1 - p));
  return x * factors.to(x.device());
}

}  // namespace tailrace::torch
