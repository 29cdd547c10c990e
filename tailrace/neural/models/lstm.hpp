#pragma once

#include <cstdint>
#include <string_view>

#include "tailrace/core/field.hpp"

namespace tailrace::neural {

/// A recurrent model of text: an embedding, layers of long short-term memory, a linear layer.
///
///     i, f, o = sigmoid(W x_t + U h_(t-1) + b),   g = tanh(W x_t + U h_(t-1) + b)
///     c_t = f c_(t-1) + i g,   h_t = o tanh(c_t),   outputs_t = V h_t + v
///
/// Sequences start from h = c = 0. For one answer a sequence (classes, real numbers), h at its last
/// token is what the linear layer sees.
///
///   embedding  numbers a token becomes
///   width      of h and c
///   layers     on top of one another
///   dropout    share of numbers set to 0 behind the embedding and every layer, while training
///
/// Takes tokens. The embedding starts normal with deviation 1, all else uniform on [-1/sqrt(width),
/// 1/sqrt(width)]: LibTorch's default.
/// Source  Hochreiter, Schmidhuber 1997; embedding 8 and 2 layers of 256 for characters: McMahan et
///         al. 2017 and LEAF; dropout 0.2: Erickson, Johansson, ICML 2026, whose sizes are not
///         known.
struct Lstm {
  static constexpr std::string_view name = "lstm";
  static constexpr std::string_view summary = "Recurrent model of text.";
  static constexpr std::string_view formula =
      "c_t = f c_(t-1) + i g, h_t = o tanh(c_t), outputs_t = V h_t + v";
  static constexpr std::string_view source =
      "Hochreiter, Schmidhuber 1997; sizes: LEAF; dropout: Erickson, Johansson, ICML 2026";

  std::uint32_t embedding = 8;
  std::uint32_t width = 256;
  std::uint32_t layers = 2;
  double dropout = 0.2;

  static void fields(auto& self, auto&& field) {
    field("embedding", self.embedding,
          Field{.unit = "numbers", .min = 1, .max = 65536, .doc = "that a token becomes"});
    field("width", self.width,
          Field{.unit = "units", .min = 1, .max = 65536, .doc = "of each layer"});
    field("layers", self.layers, Field{.unit = "layers", .min = 1, .max = 64, .doc = "depth"});
    field("dropout", self.dropout,
          Field{.min = 0, .max = 1, .below_max = true, .doc = "share set to 0 while training"});
  }
};

}  // namespace tailrace::neural
