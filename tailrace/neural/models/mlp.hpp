#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/core/field.hpp"

namespace tailrace::neural {

/// What lies between two layers.
enum class Activation { relu, gelu, tanh };

/// Fully connected layers with an activation between them.
///
///     h_0 = x,   h_k = activation(W_k h_(k-1) + b_k),   outputs = W_n h_(n-1) + b_n
///
///   hidden      units of each hidden layer, from the input on; empty: a linear model
///   activation  relu: max(0, z); gelu: z Phi(z); tanh
///
/// Takes values of any shape, read as one vector. Weights and biases start uniform on
/// [-1/sqrt(k), 1/sqrt(k)], k the inputs of the layer: LibTorch's default.
/// Source  Rosenblatt 1958; one hidden layer of 128: Maranjyan, Richtarik: Ringleader ASGD, 2025.
struct Mlp {
  static constexpr std::string_view name = "mlp";
  static constexpr std::string_view summary = "Fully connected layers.";
  static constexpr std::string_view formula =
      "h_k = activation(W_k h_(k-1) + b_k), outputs = W_n h_(n-1) + b_n";
  static constexpr std::string_view source =
      "one hidden layer of 128: Maranjyan, Richtarik: Ringleader ASGD, 2025";

  std::vector<std::uint32_t> hidden = {128};
  Activation activation = Activation::relu;

  static void fields(auto& self, auto&& field) {
    field("hidden", self.hidden,
          Field{.unit = "units", .min = 1, .max = 1e6, .doc = "of each hidden layer; [] is none"});
    field("activation", self.activation, Field{.doc = "between layers: relu, gelu or tanh"});
  }
};

}  // namespace tailrace::neural

template <>
struct tailrace::EnumNames<tailrace::neural::Activation> {
  static constexpr std::array values = {std::pair{"relu", tailrace::neural::Activation::relu},
                                        std::pair{"gelu", tailrace::neural::Activation::gelu},
                                        std::pair{"tanh", tailrace::neural::Activation::tanh}};
};
