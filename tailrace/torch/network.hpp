#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

namespace tailrace::torch {

/// What a network is fed with: neural::Batch, wrapped. What a task has no use for is undefined.
struct Inputs {
  at::Tensor values;    ///< (count, sample...) float
  at::Tensor tokens;    ///< (count, length) int64, padded with 0
  at::Tensor segments;  ///< (count, length) int64, 0 first and 1 second sentence
  at::Tensor lengths;   ///< (count) int64 tokens before the padding; undefined: no padding
};

/// A tensor and what it is called.
struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};

/// One replica of a model: parameters, buffers, and the way from inputs to outputs. Used by one
/// thread at a time.
class Network {
 public:
  virtual ~Network() = default;

  /// In the order of the flat vector. Handles: what is done to them is done to the network.
  [[nodiscard]] virtual std::vector<NamedTensor> parameters() const = 0;
  /// Numbers that are not trained, such as running statistics.
  [[nodiscard]] virtual std::vector<NamedTensor> buffers() const = 0;

  /// Training (dropout, statistics of the batch) or evaluation.
  virtual void train(bool on) = 0;

  /// The outputs that the task's loss takes: logits (count, outputs) or (count, length, outputs).
  [[nodiscard]] virtual at::Tensor forward(const Inputs& inputs) = 0;

  /// Whether forward() in training draws from LibTorch's one generator of the process, as scripts
  /// with dropout do. Such networks are computed one at a time.
  [[nodiscard]] virtual bool draws_globally() const { return false; }
};

}  // namespace tailrace::torch
