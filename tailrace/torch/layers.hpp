#pragma once

#include <cstdint>
#include <string_view>

#include "tailrace/neural/models/mlp.hpp"
#include "tailrace/torch/model_network.hpp"

namespace tailrace::torch {

/// Layers are values: constructing one registers its tensors in a place, calling it computes.

/// x W^T + b.
class Linear {
 public:
  struct Start {
    Initial weight;
    Initial bias;
  };
  /// weight (outputs, inputs), bias (outputs)
  Linear(const Place& place, std::int64_t inputs, std::int64_t outputs, Start start);
  /// As LibTorch starts it.
  Linear(const Place& place, std::int64_t inputs, std::int64_t outputs)
      : Linear(place, inputs, outputs, {uniform_by_inputs(inputs), uniform_by_inputs(inputs)}) {}

  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;

 private:
  at::Tensor weight_;
  at::Tensor bias_;
};

/// A square convolution of images (count, inputs, height, width).
class Convolution {
 public:
  struct Shape {
    std::int64_t inputs = 1;
    std::int64_t outputs = 1;
    std::int64_t side = 3;
    std::int64_t stride = 1;
    std::int64_t padding = 0;
  };
  /// weight (outputs, inputs, side, side), and bias (outputs): as LibTorch starts them.
  Convolution(const Place& place, Shape shape);
  /// Without bias, for a norm that follows.
  Convolution(const Place& place, Shape shape, Initial weight);

  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;

 private:
  Shape shape_;
  at::Tensor weight_;
  at::Tensor bias_;  ///< undefined: none
};

/// (x - mean) / sqrt(variance + epsilon) * weight + bias over the last axis.
class LayerNorm {
 public:
  LayerNorm(const Place& place, std::int64_t width, double epsilon);

  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;

 private:
  std::int64_t width_;
  double epsilon_;
  at::Tensor weight_;
  at::Tensor bias_;
};

/// A row of numbers for every token.
class Embedding {
 public:
  /// weight (tokens, width)
  Embedding(const Place& place, std::int64_t tokens, std::int64_t width, Initial initial);

  [[nodiscard]] at::Tensor operator()(const at::Tensor& tokens) const;
  [[nodiscard]] const at::Tensor& weight() const { return weight_; }

 private:
  at::Tensor weight_;
};

/// relu, gelu (with erf) or tanh.
[[nodiscard]] at::Tensor activate(const at::Tensor& x, neural::Activation activation);

}  // namespace tailrace::torch
