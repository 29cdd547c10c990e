#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tailrace::torch {

/// Who may look at whom, as numbers that are added to scores: 0 yes, `masked` no.
///
///   causal_mask   (1, length, length)        a token sees itself and those before it
///   padding_mask  (count * heads, 1, length) nobody sees what lies behind a sequence's end
///
/// Not minus infinity: a sequence of no token at all must give a number too.
inline constexpr double masked = -1e30;
[[nodiscard]] at::Tensor causal_mask(std::int64_t length, const at::Tensor& like);
[[nodiscard]] at::Tensor padding_mask(const at::Tensor& lengths, std::int64_t length,
                                      std::int64_t heads, const at::Tensor& like);

/// Cuts (count, length, 3 width) into query, key and value of all heads; or takes them one by one.
struct Heads {
  at::Tensor query;  ///< (count * heads, length, width / heads)
  at::Tensor key;
  at::Tensor value;
};
[[nodiscard]] Heads split_heads(const at::Tensor& fused, std::int64_t heads);
[[nodiscard]] Heads split_heads(const at::Tensor& query, const at::Tensor& key,
                                const at::Tensor& value, std::int64_t heads);

/// softmax(Q K^T / sqrt(width of a head) + mask) V for each head, put together again.
///
///   mask     broadcasts to (count * heads, length, length); undefined: everybody sees everybody
///   dropout  on the weights, in training; see dropout.hpp
///   result   (count, length, width)
///
/// Cost    2 length^2 width multiplications a sequence, and length^2 heads numbers kept for the
///         gradient.
/// Source  Vaswani et al.: Attention is all you need, NeurIPS 2017.
struct AttentionOptions {
  std::int64_t heads = 1;
  double dropout = 0;
  bool training = false;
};
[[nodiscard]] at::Tensor attend(const Heads& heads, const at::Tensor& mask,
                                const AttentionOptions& options);

}  // namespace tailrace::torch
