#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

#include "tailrace/neural/samples.hpp"
#include "tailrace/torch/network.hpp"

namespace tailrace::torch {

/// A batch as tensors; they share the batch's memory on the CPU.
struct TensorBatch {
  Inputs inputs;
  at::Tensor targets;  ///< int64 classes or float targets, as the loss takes them
  double counted = 0;  ///< samples or tokens that the mean loss averages over
};

[[nodiscard]] TensorBatch wrap(const neural::Batch& batch, const neural::TaskShape& shape,
                               at::Device device);

/// Mean loss of outputs: a scalar tensor that backward() starts from.
using LossFunction =
    std::function<at::Tensor(const at::Tensor& outputs, const at::Tensor& targets)>;

/// The loss that a task names; see neural::Loss.
[[nodiscard]] LossFunction loss_function(neural::Loss loss);

}  // namespace tailrace::torch
