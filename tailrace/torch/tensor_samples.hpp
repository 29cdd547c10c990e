#pragma once

#include <ATen/core/Tensor.h>

#include "tailrace/core/result.hpp"
#include "tailrace/neural/samples.hpp"
#include "tailrace/neural/tensor_samples.hpp"

namespace tailrace::torch {

/// Tensors of one's own as samples, copied.
///
///   inputs   (n, ...)  real numbers or bytes: values; int64 or int32 (n, length): tokens
///   targets            as neural::make_tensor_samples() says for the loss, such as (n) classes
///
/// Errors  those of neural::make_tensor_samples(); data/dtype for numbers of other types.
[[nodiscard]] Result<neural::SharedSamples> tensor_samples(
    const at::Tensor& inputs, const at::Tensor& targets, const neural::TensorOptions& options = {});

}  // namespace tailrace::torch
