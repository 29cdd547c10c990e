#pragma once

#include <cstdint>
#include <string_view>

#include "tailrace/core/field.hpp"

namespace tailrace::neural {

/// A vision transformer: an image is a sequence of patches.
///
///     z = [class token, patches E] + positions
///     z <- z + attention(norm(z)),   z <- z + mlp(norm(z))     depth times
///     outputs = W norm(z)_class + b
///
///   patch      pixels a side of a patch; divides height and width
///   width      numbers a patch becomes; heads divide it
///   depth      blocks
///   heads      of attention
///   mlp_ratio  hidden units of a block's mlp, as a multiple of width
///   dropout    behind the positions, the attention and both layers of the mlp, while training
///
/// Usual sizes with their heads: tiny 192 (3), small 384 (6), base 768 (12), all of depth 12; 192
/// and depth 6 is what two cores train. GELU with erf, layer norms with epsilon 1e-6.
///
/// Takes images. Weights, class token and positions start normal with deviation 0.02, biases at 0,
/// the patches' layer as LibTorch's default; DeiT truncates its normals at 100 deviations, which is
/// to say not at all. Names are those of timm.
/// Source  Dosovitskiy et al.: An image is worth 16x16 words, ICLR 2021; start: Touvron et al.:
///         DeiT, ICML 2021.
struct Vit {
  static constexpr std::string_view name = "vit";
  static constexpr std::string_view summary = "Vision transformer.";
  static constexpr std::string_view formula =
      "z <- z + attention(norm(z)), z <- z + mlp(norm(z)), depth times; outputs = W norm(z)_class";
  static constexpr std::string_view source =
      "Dosovitskiy et al., ICLR 2021; start: Touvron et al., ICML 2021";

  std::uint32_t patch = 4;
  std::uint32_t width = 192;
  std::uint32_t depth = 6;
  std::uint32_t heads = 3;
  double mlp_ratio = 4;
  double dropout = 0;

  static void fields(auto& self, auto&& field) {
    field("patch", self.patch,
          Field{.unit = "pixels", .min = 1, .max = 1024, .doc = "a side; divides the image's"});
    field("width", self.width,
          Field{.unit = "numbers",
                .min = 1,
                .max = 65536,
                .doc = "a patch becomes: 192 tiny, 384 small, 768 base"});
    field("depth", self.depth,
          Field{.unit = "blocks", .min = 1, .max = 1024, .doc = "12 in tiny, small and base"});
    field("heads", self.heads,
          Field{.unit = "heads",
                .min = 1,
                .max = 1024,
                .doc = "of attention, divide width: 3 tiny, 6 small, 12 base"});
    field("mlp_ratio", self.mlp_ratio,
          Field{.min = 0,
                .max = 64,
                .above_min = true,
                .doc = "hidden units of a block's mlp, as a multiple of width"});
    field("dropout", self.dropout,
          Field{.min = 0, .max = 1, .below_max = true, .doc = "share set to 0 while training"});
  }

  /// Hidden units of a block's mlp, rounded down.
  [[nodiscard]] std::uint64_t mlp_width() const {
    return static_cast<std::uint64_t>(mlp_ratio * width);
  }
};

}  // namespace tailrace::neural
