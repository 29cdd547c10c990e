#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "tailrace/core/field.hpp"

namespace tailrace::neural {

/// What keeps a layer's outputs in range.
enum class ImageNorm {
  batch,  ///< by the statistics of each channel over the batch; running ones in evaluations
  group,  ///< by the statistics of each group of channels in one image; no buffers
};

/// ResNet-18 for images of about 32x32: a 3x3 first convolution with stride 1 and no max pool.
///
///     conv 3x3, norm, relu;  4 stages of 2 blocks with w, 2w, 4w, 8w channels;  mean;  linear
///     block(x) = relu(norm(conv3x3(relu(norm(conv3x3(x))))) + shortcut(x))
///
/// The first convolution of stages 2 to 4 has stride 2, and there the shortcut is a 1x1 convolution
/// with its norm. With w = 64, 3 channels and 10 classes: 11,173,962 parameters.
///
///   width   w, channels of the first stage
///   norm    batch or group
///   groups  into which `group` cuts the channels; divides the width
///
/// State   batch: running mean and variance of each normalized channel, as buffers; momentum 0.1.
/// Takes images. Convolutions start normal with variance 2/(outputs of one filter place), norms at
/// 1 and 0, as in torchvision; the linear layer as LibTorch's default. Names are torchvision's.
/// Source  He, Zhang, Ren, Sun: Deep residual learning, CVPR 2016; the form for small images is the
///         one public code for CIFAR-10 uses. group: Wu, He: Group normalization, ECCV 2018.
struct ResNet18 {
  static constexpr std::string_view name = "resnet18";
  static constexpr std::string_view summary = "ResNet-18 in its form for 32x32 images.";
  static constexpr std::string_view formula =
      "block(x) = relu(norm(conv(relu(norm(conv(x))))) + shortcut(x)), 4 stages of 2 blocks";
  static constexpr std::string_view source = "He, Zhang, Ren, Sun: CVPR 2016";

  std::uint32_t width = 64;
  ImageNorm norm = ImageNorm::batch;
  std::uint32_t groups = 32;

  static void fields(auto& self, auto&& field) {
    field("width", self.width,
          Field{.unit = "channels", .min = 1, .max = 4096, .doc = "of the first stage"});
    field("norm", self.norm, Field{.doc = "batch (has running statistics) or group (has none)"});
    field("groups", self.groups,
          Field{.unit = "groups", .min = 1, .max = 4096, .doc = "of group norm; divides width"});
  }
};

}  // namespace tailrace::neural

template <>
struct tailrace::EnumNames<tailrace::neural::ImageNorm> {
  static constexpr std::array values = {std::pair{"batch", tailrace::neural::ImageNorm::batch},
                                        std::pair{"group", tailrace::neural::ImageNorm::group}};
};
