#pragma once

#include <cstdint>
#include <string_view>

#include "tailrace/core/field.hpp"

namespace tailrace::neural {

/// Two convolutions and two fully connected layers: the small image model of federated papers.
///
///     5x5 convolution, relu, 2x2 max pool   (first channels)
///     5x5 convolution, relu, 2x2 max pool   (second channels)
///     fully connected, relu                 (hidden units)
///     fully connected                       (outputs)
///
/// Convolutions are not padded: a side of 32 becomes 28, 14, 10, 5. With the defaults, 3x32x32
/// images and 10 classes that is 878,538 parameters, the published number.
///
///   first, second  channels of the convolutions
///   hidden         units of the fully connected layer
///
/// Takes images (channels, height, width) of 16 or more pixels a side. All weights start uniform on
/// [-1/sqrt(k), 1/sqrt(k)], k the inputs of one unit: LibTorch's default.
/// Source  Erickson, Johansson: clipped asynchronous SGD, ICML 2026, as an independent rerun
///         describes it; that nothing is padded is inferred from its number of parameters.
struct Cnn {
  static constexpr std::string_view name = "cnn";
  static constexpr std::string_view summary =
      "Two 5x5 convolutions with pooling, then two fully connected layers.";
  static constexpr std::string_view formula =
      "conv 5x5, relu, pool, conv 5x5, relu, pool, linear, relu, linear";
  static constexpr std::string_view source =
      "Erickson, Johansson: clipped asynchronous SGD, ICML 2026; padding inferred";

  std::uint32_t first = 32;
  std::uint32_t second = 64;
  std::uint32_t hidden = 512;

  static void fields(auto& self, auto&& field) {
    field("first", self.first,
          Field{.unit = "channels", .min = 1, .max = 1e5, .doc = "of the first convolution"});
    field("second", self.second,
          Field{.unit = "channels", .min = 1, .max = 1e5, .doc = "of the second convolution"});
    field("hidden", self.hidden,
          Field{.unit = "units", .min = 1, .max = 1e6, .doc = "of the fully connected layer"});
  }
};

}  // namespace tailrace::neural
