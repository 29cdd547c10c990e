#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tailrace/torch/layers.hpp"

namespace tailrace::torch {

/// What differs between the transformers that normalize before they look: names, starting values,
/// and where dropout is.
struct BlockShape {
  struct Names {
    std::string_view norm1, qkv, projection, norm2, up, down;
  };
  Names names;
  std::int64_t width = 1;
  std::int64_t heads = 1;
  std::int64_t mlp_width = 1;
  double epsilon = 1e-5;           ///< of the norms
  double deviation = 0.02;         ///< of the weights at the start
  double branch_deviation = 0.02;  ///< of those that end a branch
  double dropout = 0;              ///< at the end of both branches
  double attention_dropout = 0;    ///< on the weights of attention
  double hidden_dropout = 0;       ///< between the layers of the MLP
  std::string_view gelu = "none";  ///< none: exact; tanh: its approximation
};

/// A pre-norm transformer block:
///
///     y  =  z + projection(attention(norm1(z)))
///     z' =  y + down(gelu(up(norm2(y))))
///
/// Source  Radford et al.: GPT-2, 2019; Dosovitskiy et al.: ViT, ICLR 2021.
class TransformerBlock {
 public:
  TransformerBlock(const Place& place, const BlockShape& shape);

  [[nodiscard]] at::Tensor operator()(const at::Tensor& z, const at::Tensor& mask,
                                      bool training) const;

 private:
  BlockShape shape_;
  LayerNorm norm1_;
  Linear qkv_;
  Linear projection_;
  LayerNorm norm2_;
  Linear up_;
  Linear down_;
};

/// Blocks one behind the other, in the places name.0, name.1, ...
template <class Block, class... Arguments>
[[nodiscard]] std::vector<Block> stack(const Place& place, std::string_view name, std::size_t depth,
                                       const Arguments&... arguments) {
  std::vector<Block> blocks;
  blocks.reserve(depth);
  for (std::size_t k = 0; k < depth; ++k) blocks.emplace_back(place.inside(name, k), arguments...);
  return blocks;
}

}  // namespace tailrace::torch
