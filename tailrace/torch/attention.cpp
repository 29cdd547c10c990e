#include "tailrace/torch/attention.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/full.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <vector>

#include "tailrace/torch/dropout.hpp"

namespace tailrace::torch {
namespace {

/// (count, length, width) -> (count * heads, length, width / heads), in memory of its own.
at::Tensor by_head(const at::Tensor& x, std::int64_t heads) {
  const std::int64_t length = x.size(1);
  const std::int64_t size = x.size(2) / heads;
  return x.view({x.size(0), length, heads, size}).transpose(1, 2).reshape({-1, length, size});
}

}  // namespace

at::Tensor causal_mask(std::int64_t length, const at::Tensor& like) {
  return at::full({1, length, length}, masked, like.options()).triu_(1);
}

at::Tensor padding_mask(const at::Tensor& lengths, std::int64_t length, std::int64_t heads,
                        const at::Tensor& like) {
  const at::Tensor behind = at::arange(length, lengths.options()) >= lengths.unsqueeze(1);
  return behind.to(like.scalar_type()).mul_(masked).repeat_interleave(heads, 0).unsqueeze(1);
}

Heads split_heads(const at::Tensor& fused, std::int64_t heads) {
  const std::int64_t count = fused.size(0);
  const std::int64_t length = fused.size(1);
  const std::int64_t size = fused.size(2) / (3 * heads);
  // One copy for all three.
  const at::Tensor parts = fused.view({count, length, 3, heads, size})
                               .permute({2, 0, 3, 1, 4})
                               .reshape({3, count * heads, length, size});
  const std::vector<at::Tensor> each = parts.unbind(0);
  return {each[0], each[1], each[2]};
}

Heads split_heads(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                  std::int64_t heads) {
  return {by_head(query, heads), by_head(key, heads), by_head(value, heads)};
}

at::Tensor attend(const Heads& heads, const at::Tensor& mask, const AttentionOptions& options) {
  const std::int64_t length = heads.query.size(1);
  const std::int64_t size = heads.query.size(2);
  const double scale = 1 / std::sqrt(static_cast<double>(size));
  const at::Tensor keys = heads.key.transpose(1, 2);
  const at::Tensor scores = mask.defined() ? at::baddbmm(mask, heads.query, keys, 1, scale)
                                           : at::bmm(heads.query * scale, keys);
  const at::Tensor weights =
      keyed_dropout(at::softmax(scores, -1), options.dropout, options.training);
  return at::bmm(weights, heads.value)
      .view({-1, options.heads, length, size})
      .transpose(1, 2)
      .reshape({-1, length, options.heads * size});
}

}  // namespace tailrace::torch
