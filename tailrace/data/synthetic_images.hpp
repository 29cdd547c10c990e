#pragma once

#include <cstddef>
#include <cstdint>

#include "tailrace/data/images.hpp"

namespace tailrace::data {

/// What decides about synthetic pictures: the same three, the same bits.
struct SyntheticImages {
  std::uint64_t seed = 1;
  Part part = Part::train;
  std::size_t count = 10'000;
};

/// Digits in the manner of MNIST, drawn here, so that nothing needs a download: 28x28, gray, 10
/// classes of equal chance.
///
///   Each digit is a few strokes with rounded ends. Every picture draws its own place (up to 3
///   pixels aside), size (0.8 to 1.1), rotation (0.25 rad), slant (0.25), width of strokes (1.5 to
///   3.5 pixels), wobble of every stroke's points, brightness, and noise in every pixel.
///
/// Image i is a pure function of seed, part and i: fewer images are the first of more. Trained on
/// 10,000, a linear model gets about 87 % of new ones right and 64 hidden units 98 %. Speed: about
/// 30,000 images a second.
/// Source  ours; size and brightness as in LeCun, Cortes, Burges: The MNIST database.
[[nodiscard]] Images synthetic_digits(const SyntheticImages& options);

/// Colored shapes in the manner of CIFAR-10: 3x32x32 in 10 classes of equal chance, a disk, square,
/// triangle, ring or cross, each filled or striped, on a background that changes color from corner
/// to corner.
///
///   Colors, place, size and rotation (0.25 rad) are drawn, and noise in every pixel; so no pixel
///   says much alone: a linear model gets 13 % right, 64 hidden units 32 %, and it takes
///   convolutions to get more. A mirrored picture keeps its class. Speed: about 15,000 a second.
///
/// Source  ours.
[[nodiscard]] Images synthetic_shapes(const SyntheticImages& options);

}  // namespace tailrace::data
