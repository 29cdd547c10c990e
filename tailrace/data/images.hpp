#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tailrace::data {

/// Which half of a data set.
enum class Part { train, test };

/// Pictures of one size with a class each.
///
///   pixels  (count, channels, height, width)  0 to 255, plane after plane, rows from the top
///   labels  (count)                           0 to classes - 1
///
/// Memory: a byte a pixel and channel, 4 a label.
struct Images {
  std::string name = {};  ///< for people
  std::size_t channels = 1;
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t classes = 0;
  std::vector<std::uint8_t> pixels = {};
  std::vector<std::int32_t> labels = {};
  std::vector<std::string> class_names = {};  ///< (classes), or empty

  [[nodiscard]] std::size_t count() const { return labels.size(); }
  [[nodiscard]] std::size_t pixels_each() const { return channels * height * width; }
  [[nodiscard]] std::span<const std::uint8_t> image(std::size_t i) const {
    return std::span(pixels).subspan(i * pixels_each(), pixels_each());
  }
};

/// The first `limit` images of all classes evenly, in file order: of each class limit / classes,
/// one more of the first classes, and others in place of those that a class lacks. 0, or as many as
/// there are: all.
[[nodiscard]] Images first_of_each_class(Images images, std::size_t limit);

}  // namespace tailrace::data
