#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace tailrace::torch {

/// What keyed_dropout() on this thread draws from while this object lives: the generator of the job
/// that is being computed, never LibTorch's one for the whole process. So a gradient with dropout
/// is a pure function of its job. Scopes nest; the innermost counts.
class DrawScope {
 public:
  explicit DrawScope(at::Generator generator);
  ~DrawScope();
  DrawScope(const DrawScope&) = delete;
  DrawScope& operator=(const DrawScope&) = delete;

 private:
  at::Generator generator_;
  at::Generator* outer_;
};

/// Sets each number to 0 with probability p and multiplies the others by 1/(1-p); does nothing
/// when not training, at p = 0, or without a DrawScope. The generator is one of the CPU; numbers on
/// another device get their zeros from there.
///
///   p   in [0, 1), rounded to a multiple of 2^-16; the factor 1/(1-p) is that of the rounded one
///
/// Cost    16 random bits a number.
///
/// Source  Srivastava et al.: Dropout, JMLR 15, 2014.
[[nodiscard]] at::Tensor keyed_dropout(const at::Tensor& x, double p, bool training);

}  // namespace tailrace::torch
