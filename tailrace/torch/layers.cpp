#include "tailrace/torch/layers.hpp"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tanh.h>

#include "tailrace/core/check.hpp"

namespace tailrace::torch {
namespace {

std::vector<std::int64_t> weight_shape(const Convolution::Shape& shape) {
  return {shape.outputs, shape.inputs, shape.side, shape.side};
}

Initial convolution_start(const Convolution::Shape& shape) {
  return uniform_by_inputs(shape.inputs * shape.side * shape.side);
}

}  // namespace

Linear::Linear(const Place& place, std::int64_t inputs, std::int64_t outputs, Start start)
    : weight_(place.parameter("weight", {outputs, inputs}, start.weight)),
      bias_(place.parameter("bias", {outputs}, start.bias)) {}

at::Tensor Linear::operator()(const at::Tensor& x) const { return at::linear(x, weight_, bias_); }

Convolution::Convolution(const Place& place, Shape shape)
    : shape_(shape),
      weight_(place.parameter("weight", weight_shape(shape), convolution_start(shape))),
      bias_(place.parameter("bias", {shape.outputs}, convolution_start(shape))) {}

Convolution::Convolution(const Place& place, Shape shape, Initial weight)
    : shape_(shape), weight_(place.parameter("weight", weight_shape(shape), weight)) {}

at::Tensor Convolution::operator()(const at::Tensor& x) const {
  return at::conv2d(x, weight_, bias_, shape_.stride, shape_.padding);
}

LayerNorm::LayerNorm(const Place& place, std::int64_t width, double epsilon)
    : width_(width),
      epsilon_(epsilon),
      weight_(place.parameter("weight", {width}, constant(1))),
      bias_(place.parameter("bias", {width}, constant(0))) {}

at::Tensor LayerNorm::operator()(const at::Tensor& x) const {
  return at::layer_norm(x, {width_}, weight_, bias_, epsilon_);
}

Embedding::Embedding(const Place& place, std::int64_t tokens, std::int64_t width, Initial initial)
    : weight_(place.parameter("weight", {tokens, width}, initial)) {}

at::Tensor Embedding::operator()(const at::Tensor& tokens) const {
  return at::embedding(weight_, tokens);
}

at::Tensor activate(const at::Tensor& x, neural::Activation activation) {
  switch (activation) {
    case neural::Activation::relu:
      return at::relu(x);
    case neural::Activation::gelu:
      return at::gelu(x);
    case neural::Activation::tanh:
      return at::tanh(x);
  }
  TAILRACE_CHECK(false);
  return x;
}

}  // namespace tailrace::torch
