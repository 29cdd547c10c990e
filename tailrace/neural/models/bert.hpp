#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "tailrace/core/field.hpp"

namespace tailrace::neural {

/// Published sizes of BERT.
enum class BertSize { tiny, mini, small, medium, base };

/// What a size stands for.
struct BertShape {
  std::uint32_t width = 0;
  std::uint32_t depth = 0;
  std::uint32_t heads = 0;
  std::uint32_t feed_forward = 0;
};

/// BERT: a transformer encoder of sentences or pairs of them, with a linear layer on its summary.
///
///     z = norm(words + positions + segments)
///     z <- norm(z + attention(z)),   z <- norm(z + W2 gelu(W1 z + b1) + b2)     depth times
///     outputs = W tanh(P z_first + p) + b
///
///                 tiny  mini  small  medium   base
///   width          128   256    512     512    768   numbers a token becomes; heads divide it
///   depth            2     4      4       8     12   blocks
///   heads            2     4      8       8     12   of attention
///   feed_forward   512  1024   2048    2048   3072   hidden units of a block, 4 width
///   positions      512 in all; the longest sequence there can be
///   dropout        behind embeddings, attention weights, both halves of a block and the summary
///
/// base with 30,522 tokens has 109,482,240 parameters below the last layer.
///
/// Takes tokens (with segments or without) and gives one answer a sequence. Weights start normal
/// with deviation 0.02, biases at 0, norms at 1 and 0. GELU with erf, epsilon 1e-12. Names are
/// those of Hugging Face. There the padding token's row starts at 0 and stays; here it is a row
/// like any other, and no logit depends on it. Source  Devlin, Chang, Lee, Toutanova: BERT, NAACL
/// 2019; sizes below base: Turc, Chang, Lee,
///         Toutanova: Well-read students learn better, 2019.
struct Bert {
  static constexpr std::string_view name = "bert";
  static constexpr std::string_view summary = "BERT encoder with a classification head.";
  static constexpr std::string_view formula =
      "z <- norm(z + attention(z)), z <- norm(z + mlp(z)), depth times; outputs = W tanh(P "
      "z_first)";
  static constexpr std::string_view source =
      "Devlin et al.: BERT, NAACL 2019; small sizes: Turc et al. 2019";

  BertSize size = BertSize::tiny;
  std::uint32_t width = 0;
  std::uint32_t depth = 0;
  std::uint32_t heads = 0;
  std::uint32_t feed_forward = 0;
  std::uint32_t positions = 512;
  double dropout = 0.1;

  static void fields(auto& self, auto&& field) {
    field("size", self.size, Field{.doc = "tiny, mini, small, medium or base"});
    field("width", self.width,
          Field{.unit = "numbers", .max = 65536, .doc = "a token becomes; 0 is the size's"});
    field("depth", self.depth,
          Field{.unit = "blocks", .max = 1024, .doc = "one after the other; 0 is the size's"});
    field("heads", self.heads,
          Field{.unit = "heads",
                .max = 1024,
                .doc = "of attention, divide width; 0 is one for 64 of it, or the size's"});
    field("feed_forward", self.feed_forward,
          Field{.unit = "units", .max = 1e6, .doc = "hidden, in a block; 0 is 4 width"});
    field("positions", self.positions,
          Field{.unit = "tokens", .min = 1, .max = 1e6, .doc = "longest sequence"});
    field("dropout", self.dropout,
          Field{.min = 0, .max = 1, .below_max = true, .doc = "share set to 0 while training"});
  }

  /// What the options come to; all sizes have one head for 64 numbers.
  [[nodiscard]] BertShape shape() const {
    static constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 5> published = {
        {{128, 2}, {256, 4}, {512, 4}, {512, 8}, {768, 12}}};
    const auto [size_width, size_depth] = published[static_cast<std::size_t>(size)];
    BertShape shape;
    shape.width = width != 0 ? width : size_width;
    shape.depth = depth != 0 ? depth : size_depth;
    shape.heads = heads != 0 ? heads : shape.width < 64 ? 1 : shape.width / 64;
    shape.feed_forward = feed_forward != 0 ? feed_forward : 4 * shape.width;
    return shape;
  }
};

}  // namespace tailrace::neural

template <>
struct tailrace::EnumNames<tailrace::neural::BertSize> {
  static constexpr std::array values = {std::pair{"tiny", tailrace::neural::BertSize::tiny},
                                        std::pair{"mini", tailrace::neural::BertSize::mini},
                                        std::pair{"small", tailrace::neural::BertSize::small},
                                        std::pair{"medium", tailrace::neural::BertSize::medium},
                                        std::pair{"base", tailrace::neural::BertSize::base}};
};
