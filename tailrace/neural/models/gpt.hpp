#pragma once

#include <cstdint>
#include <string_view>

#include "tailrace/core/field.hpp"

namespace tailrace::neural {

/// A small GPT: a transformer that predicts the next token from those before it.
///
///     z = words + positions
///     z <- z + causal attention(norm(z)),   z <- z + W2 gelu(W1 norm(z) + b1) + b2     depth times
///     outputs = words^T norm(z)
///
///   width    numbers a token becomes; heads divide it
///   depth    blocks, of 4 width hidden units
///   heads    of attention
///   dropout  behind embeddings, attention weights, attention and mlp, while training
///
/// 128, 4 and 4 is what two cores train on characters; GPT-2 small is 768, 12 and 12. There are as
/// many positions as the longest sequence has tokens. GELU in its tanh form, epsilon 1e-5.
///
/// Takes tokens, predicts the next one. Weights start normal with deviation 0.02, those that end a
/// branch with 0.02 / sqrt(2 depth), biases at 0. Names are GPT-2's, but every matrix is (outputs,
/// inputs), where files of Hugging Face hold the transpose.
/// Source  Radford et al.: Language models are unsupervised multitask learners, 2019.
struct Gpt {
  static constexpr std::string_view name = "gpt";
  static constexpr std::string_view summary = "Small GPT: predicts the next token.";
  static constexpr std::string_view formula =
      "z <- z + causal attention(norm(z)), z <- z + mlp(norm(z)), depth times; words^T norm(z)";
  static constexpr std::string_view source = "Radford et al.: GPT-2, 2019; default sizes: ours";

  std::uint32_t width = 128;
  std::uint32_t depth = 4;
  std::uint32_t heads = 4;
  double dropout = 0;

  static void fields(auto& self, auto&& field) {
    field("width", self.width,
          Field{.unit = "numbers", .min = 1, .max = 65536, .doc = "a token becomes"});
    field("depth", self.depth, Field{.unit = "blocks", .min = 1, .max = 1024, .doc = "in a row"});
    field("heads", self.heads,
          Field{.unit = "heads", .min = 1, .max = 1024, .doc = "of attention; divide width"});
    field("dropout", self.dropout,
          Field{.min = 0, .max = 1, .below_max = true, .doc = "share set to 0 while training"});
  }
};

}  // namespace tailrace::neural
