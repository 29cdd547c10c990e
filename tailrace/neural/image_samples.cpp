#include "tailrace/neural/image_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <utility>

#include "tailrace/core/check.hpp"
#include "tailrace/core/commas.hpp"
#include "tailrace/data/cifar.hpp"
#include "tailrace/data/idx.hpp"
#include "tailrace/data/locate.hpp"
#include "tailrace/data/synthetic_images.hpp"

namespace tailrace::neural {
namespace {

namespace fs = std::filesystem;
using data::Part;

constexpr std::size_t synthetic_train = 10'000;
constexpr std::size_t synthetic_test = 2'000;
constexpr std::size_t levels = 256;

/// How one image of a batch is changed.
struct Change {
  std::ptrdiff_t down = 0;  ///< pixels by which the crop lies lower than the image
  std::ptrdiff_t right = 0;
  bool mirrored = false;
};

class ImageSamples : public Samples {
 public:
  ImageSamples(data::Images images, const Normalization& normalization, const ImageOptions& options)
      : images_(std::move(images)), padding_(options.padding), flip_(options.flip) {
    TAILRACE_CHECK(normalization.mean.size() == images_.channels);
    TAILRACE_CHECK(normalization.deviation.size() == images_.channels);
    shape_ = {.input = Input::values,
              .sample = {images_.channels, images_.height, images_.width},
              .outputs = images_.classes,
              .loss = Loss::classes};
    values_.resize(images_.channels);
    for (std::size_t c = 0; c < images_.channels; ++c) {
      for (std::size_t level = 0; level < levels; ++level) {
        const float share = static_cast<float>(level) / 255;
        values_[c][level] = (share - normalization.mean[c]) / normalization.deviation[c];
      }
    }
  }

  [[nodiscard]] const TaskShape& shape() const override { return shape_; }
  [[nodiscard]] std::size_t count() const override { return images_.count(); }
  [[nodiscard]] std::span<const std::int32_t> labels() const override { return images_.labels; }
  [[nodiscard]] bool augments() const override { return padding_ > 0 || flip_; }

  void fill(std::span<const std::uint32_t> numbers, Stream* augment, Batch& out) const override {
    out.count = numbers.size();
    out.length = 0;
    out.values.resize(numbers.size() * images_.pixels_each());
    out.classes.resize(numbers.size());
    out.tokens.clear();
    out.segments.clear();
    out.lengths.clear();
    out.targets.clear();
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const Change change = augment != nullptr ? draw_change(*augment) : Change{};
      fill_one(images_.image(numbers[k]), change,
               std::span(out.values).subspan(k * images_.pixels_each(), images_.pixels_each()));
      out.classes[k] = images_.labels[numbers[k]];
    }
  }

  [[nodiscard]] std::string describe() const override {
    return fmt::format("{}, {} images of {} x {} x {} in {} classes", images_.name,
                       with_commas(count()), images_.channels, images_.height, images_.width,
                       images_.classes);
  }

 private:
  [[nodiscard]] Change draw_change(Stream& stream) const {
    Change change;
    if (padding_ > 0) {
      const auto padding = static_cast<std::ptrdiff_t>(padding_);
      change.down = static_cast<std::ptrdiff_t>(stream.below(2 * padding_ + 1)) - padding;
      change.right = static_cast<std::ptrdiff_t>(stream.below(2 * padding_ + 1)) - padding;
    }
    if (flip_) change.mirrored = (stream.bits32() & 1U) != 0;
    return change;
  }

  void fill_one(std::span<const std::uint8_t> pixels, const Change& change,
                std::span<float> out) const {
    const auto height = static_cast<std::ptrdiff_t>(images_.height);
    for (std::size_t c = 0; c < images_.channels; ++c) {
      for (std::ptrdiff_t y = 0; y < height; ++y) {
        const std::ptrdiff_t from = y + change.down;
        const std::size_t begin =
            (c * images_.height + static_cast<std::size_t>(y)) * images_.width;
        const std::span<float> row = out.subspan(begin, images_.width);
        if (from < 0 || from >= height) {
          std::ranges::fill(row, values_[c][0]);
          continue;
        }
        const std::size_t source =
            (c * images_.height + static_cast<std::size_t>(from)) * images_.width;
        fill_row(pixels.subspan(source, images_.width), change.right, values_[c], row);
        if (change.mirrored) std::ranges::reverse(row);
      }
    }
  }

  /// out[x] = pixels[x + right], black where there is none.
  static void fill_row(std::span<const std::uint8_t> pixels, std::ptrdiff_t right,
                       const std::array<float, levels>& values, std::span<float> out) {
    const auto width = static_cast<std::ptrdiff_t>(out.size());
    const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(-right, 0, width);
    const std::ptrdiff_t end = std::clamp<std::ptrdiff_t>(width - right, begin, width);
    std::fill_n(out.begin(), begin, values[0]);
    for (std::ptrdiff_t x = begin; x < end; ++x) {
      out[static_cast<std::size_t>(x)] = values[pixels[static_cast<std::size_t>(x + right)]];
    }
    std::fill(out.begin() + end, out.end(), values[0]);
  }

  data::Images images_;
  std::uint32_t padding_;
  bool flip_;
  TaskShape shape_;
  std::vector<std::array<float, levels>> values_;  ///< (channels) of every pixel
};

/// Both halves of a set, as read.
struct Halves {
  data::Images train;
  data::Images test;  ///< without an image: there are none
};

Halves draw_halves(const ImageOptions& options, std::uint64_t seed, const auto& draw) {
  const auto half = [&](Part part, std::size_t count, std::size_t usual) {
    return draw({.seed = seed, .part = part, .count = count > 0 ? count : usual});
  };
  return {half(Part::train, options.count, synthetic_train),
          half(Part::test, options.test_count, synthetic_test)};
}

bool has_one_of(const fs::path& folder, std::initializer_list<const char*> files) {
  return std::ranges::any_of(files,
                             [&folder](const char* file) { return data::has_file(folder, file); });
}

/// Reads one half of a folder in whichever form it has.
Result<data::Images> read_half(const fs::path& folder, Part part) {
  if (has_one_of(folder, {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                          "data_batch_4.bin", "data_batch_5.bin"})) {
    return data::read_cifar10(folder, part);
  }
  if (data::has_file(folder, "train.bin")) return data::read_cifar100(folder, part);
  if (has_one_of(folder, {"train-images-idx3-ubyte", "train-images.idx3-ubyte"})) {
    return data::read_idx_folder(folder, part);
  }
  return fail({"data/not-found",
               fmt::format("the folder \"{}\" has no training images in a form that is known",
                           folder.string()),
               "data",
               "give a folder with data_batch_1.bin (CIFAR-10), train.bin (CIFAR-100) or "
               "train-images-idx3-ubyte (MNIST and the like)"});
}

Result<Halves> read_halves(const std::string& name, const ImageOptions& options) {
  const Result<fs::path> folder = data::locate_folder(name);
  if (!folder) return fail(folder.error());
  Result<data::Images> train = read_half(*folder, Part::train);
  if (!train) return fail(std::move(train.error()));
  Result<data::Images> test = read_half(*folder, Part::test);
  if (!test && test.error().front().code != "data/not-found") {
    return fail(std::move(test.error()));
  }
  if (test && (test->height != train->height || test->width != train->width)) {
    return fail({"data/sizes",
                 fmt::format("images to test on are {} x {}, those to train on {} x {}",
                             test->height, test->width, train->height, train->width),
                 "data", "take both from the same set"});
  }
  Halves halves{data::first_of_each_class(std::move(*train), options.count), {}};
  if (test) halves.test = data::first_of_each_class(std::move(*test), options.test_count);
  return halves;
}

}  // namespace

Normalization measure(const data::Images& images) {
  const std::size_t plane = images.height * images.width;
  std::vector<std::array<std::uint64_t, levels>> counts(images.channels);
  for (std::size_t i = 0; i < images.count(); ++i) {
    const auto pixels = images.image(i);
    for (std::size_t j = 0; j < pixels.size(); ++j) ++counts[j / plane][pixels[j]];
  }
  Normalization normalization;
  const double number = static_cast<double>(images.count()) * static_cast<double>(plane);
  for (const auto& channel : counts) {
    double sum = 0;
    double squares = 0;
    for (std::size_t level = 0; level < levels; ++level) {
      const double share = static_cast<double>(level) / 255;
      sum += static_cast<double>(channel[level]) * share;
      squares += static_cast<double>(channel[level]) * share * share;
    }
    const double mean = sum / number;
    const double variance = squares / number - mean * mean;
    // Rounding leaves about 1e-16 of a channel that is the same everywhere.
    const bool varies = variance > 1e-12;
    normalization.mean.push_back(static_cast<float>(mean));
    normalization.deviation.push_back(varies ? static_cast<float>(std::sqrt(variance)) : 1.0F);
  }
  return normalization;
}

SharedSamples make_image_samples(data::Images images, const Normalization& normalization,
                                 const ImageOptions& options) {
  return std::make_shared<ImageSamples>(std::move(images), normalization, options);
}

Result<ImageData> open_images(const std::string& name, const ImageOptions& options,
                              std::uint64_t seed) {
  Result<Halves> halves = Halves{};
  if (name == "synthetic-digits") {
    halves = draw_halves(options, seed, data::synthetic_digits);
  } else if (name == "synthetic-shapes") {
    halves = draw_halves(options, seed, data::synthetic_shapes);
  } else {
    halves = read_halves(name, options);
  }
  if (!halves) return fail(std::move(halves.error()));
  const Normalization normalization = measure(halves->train);
  ImageData result;
  result.train = make_image_samples(std::move(halves->train), normalization, options);
  if (halves->test.count() > 0) {
    result.test = make_image_samples(std::move(halves->test), normalization, {});
  }
  return result;
}

}  // namespace tailrace::neural
