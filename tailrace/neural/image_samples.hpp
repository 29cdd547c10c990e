#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/data/images.hpp"
#include "tailrace/neural/samples.hpp"

namespace tailrace::neural {

/// How many images there are, and how those that gradients see are changed.
struct ImageOptions {
  std::uint32_t count = 0;
  std::uint32_t test_count = 0;
  std::uint32_t padding = 0;
  bool flip = false;

  static void fields(auto& self, auto&& field) {
    field("count", self.count,
          Field{.unit = "samples",
                .doc = "training images to take, of all classes evenly; 0: all (10,000 of a "
                       "synthetic set)"});
    field("test_count", self.test_count,
          Field{.unit = "samples", .doc = "likewise, to test on; 0: all (2,000)"});
    field("padding", self.padding,
          Field{.unit = "pixels",
                .max = 64,
                .doc = "gradients see a random crop of the image with so much black around it; "
                       "4 is usual for CIFAR-10"});
    field("flip", self.flip, Field{.doc = "gradients see every other image mirrored, by chance"});
  }
};

/// What brings each channel to mean 0 and deviation 1 on the images it was measured on.
///
///   mean, deviation  (channels)  of pixel / 255; a channel without deviation has 1
struct Normalization {
  std::vector<float> mean;
  std::vector<float> deviation;
};

[[nodiscard]] Normalization measure(const data::Images& images);

/// Images as inputs of a network: value = (pixel / 255 - mean) / deviation of the channel. With a
/// stream each image, in the batch's order, draws down and right shifts of its crop (if padding >
/// 0) and whether it is mirrored (if flip). What lies outside is black, pixel 0, as in torchvision.
///
/// Memory  the images, a byte a pixel and channel; values only in the batch.
[[nodiscard]] SharedSamples make_image_samples(data::Images images,
                                               const Normalization& normalization,
                                               const ImageOptions& options);

/// Images to train and to test on.
struct ImageData {
  SharedSamples train;
  SharedSamples test;  ///< null: the folder has none
};

/// Opens images by name: "cifar-10", "mnist", "fashion-mnist" or another folder of data
/// (data::locate_folder) with CIFAR-10, CIFAR-100 or IDX files in it; or "synthetic-digits",
/// "synthetic-shapes". Channels are normalized by mean and deviation of the training images taken.
///
///   seed  of synthetic images
///
/// Errors  those of data::locate_folder, data::read_cifar10, data::read_cifar100 and
///         data::read_idx_folder; data/not-found for a folder with none of their files; data/sizes
///         if images to test on have another size than those to train on.
[[nodiscard]] Result<ImageData> open_images(const std::string& name, const ImageOptions& options,
                                            std::uint64_t seed);

}  // namespace tailrace::neural
