#include "tailrace/torch/transformer_block.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/gelu.h>

#include "tailrace/torch/attention.hpp"
#include "tailrace/torch/dropout.hpp"

namespace tailrace::torch {
namespace {

Linear linear(const Place& place, std::int64_t inputs, std::int64_t outputs, double deviation) {
  return {place, inputs, outputs, {.weight = normal(deviation), .bias = constant(0)}};
}

}  // namespace

TransformerBlock::TransformerBlock(const Place& place, const BlockShape& shape)
    : shape_(shape),
      norm1_(place.inside(shape.names.norm1), shape.width, shape.epsilon),
      qkv_(linear(place.inside(shape.names.qkv), shape.width, 3 * shape.width, shape.deviation)),
      projection_(linear(place.inside(shape.names.projection), shape.width, shape.width,
                         shape.branch_deviation)),
      norm2_(place.inside(shape.names.norm2), shape.width, shape.epsilon),
      up_(linear(place.inside(shape.names.up), shape.width, shape.mlp_width, shape.deviation)),
      down_(linear(place.inside(shape.names.down), shape.mlp_width, shape.width,
                   shape.branch_deviation)) {}

at::Tensor TransformerBlock::operator()(const at::Tensor& z, const at::Tensor& mask,
                                        bool training) const {
  const AttentionOptions attention{
      .heads = shape_.heads, .dropout = shape_.attention_dropout, .training = training};
  const at::Tensor seen = attend(split_heads(qkv_(norm1_(z)), shape_.heads), mask, attention);
  const at::Tensor y = z + keyed_dropout(projection_(seen), shape_.dropout, training);
  const at::Tensor hidden = keyed_dropout(
      at::gelu(up_(norm2_(y)), c10::string_view(shape_.gelu.data(), shape_.gelu.size())),
      shape_.hidden_dropout, training);
  return y + keyed_dropout(down_(hidden), shape_.dropout, training);
}

}  // namespace tailrace::torch
