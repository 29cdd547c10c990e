#include "tailrace/data/images.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tailrace::data {
namespace {

/// Numbers of the chosen images, ascending.
std::vector<std::size_t> choose(const Images& images, std::size_t limit) {
  using Place = std::pair<std::size_t, std::int32_t>;  // rank within the class, class
  std::vector<Place> places(images.count());
  std::vector<std::size_t> seen(images.classes);
  for (std::size_t i = 0; i < images.count(); ++i) {
    const std::int32_t label = images.labels[i];
    places[i] = {seen[static_cast<std::size_t>(label)]++, label};
  }
  std::vector<std::size_t> numbers(images.count());
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  std::ranges::sort(numbers, {}, [&places](std::size_t i) { return places[i]; });
  numbers.resize(limit);
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace

Images first_of_each_class(Images images, std::size_t limit) {
  if (limit == 0 || limit >= images.count()) return images;
  Images chosen{.name = images.name,
                .channels = images.channels,
                .height = images.height,
                .width = images.width,
                .classes = images.classes,
                .class_names = images.class_names};
  chosen.pixels.reserve(limit * images.pixels_each());
  for (const std::size_t i : choose(images, limit)) {
    const auto pixels = images.image(i);
    chosen.pixels.insert(chosen.pixels.end(), pixels.begin(), pixels.end());
    chosen.labels.push_back(images.labels[i]);
  }
  return chosen;
}

}  // namespace tailrace::data
