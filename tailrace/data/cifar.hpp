#pragma once

#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include "tailrace/core/field.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/data/images.hpp"

namespace tailrace::data {

/// Which of CIFAR-100's two labels is the class.
enum class CifarLabels {
  fine,    ///< 100 classes
  coarse,  ///< 20 groups of them
};

/// Reads CIFAR-10 in its binary form: files of records of 3073 bytes, the class (0 to 9) and the
/// red, green and blue plane of 32x32 pixels, row by row; plain or gzip.
///
///   train  data_batch_1.bin to data_batch_5.bin, as many of them as there are, in this order
///   test   test_batch.bin
///   names  batches.meta.txt, a class a line, if it is there
///
/// Errors  data/not-found, data/unreadable, data/corrupt (gzip), data/truncated, data/empty,
///         data/labels, with file and byte.
/// Source  Krizhevsky: Learning multiple layers of features from tiny images, 2009 (file format:
///         the data set's web page).
[[nodiscard]] Result<Images> read_cifar10(const std::filesystem::path& folder, Part part);

/// Reads CIFAR-100 likewise: train.bin and test.bin, records of 3074 bytes, coarse class (0 to 19),
/// fine class (0 to 99), pixels; names in fine_label_names.txt and coarse_label_names.txt.
[[nodiscard]] Result<Images> read_cifar100(const std::filesystem::path& folder, Part part,
                                           CifarLabels labels = CifarLabels::fine);

/// The same record by record from memory: `name` stands for the file in errors.
[[nodiscard]] Result<Images> parse_cifar10(std::string_view bytes, std::string_view name);
[[nodiscard]] Result<Images> parse_cifar100(std::string_view bytes, std::string_view name,
                                            CifarLabels labels = CifarLabels::fine);

}  // namespace tailrace::data

template <>
struct tailrace::EnumNames<tailrace::data::CifarLabels> {
  using enum data::CifarLabels;
  static constexpr std::array values = {std::pair{"fine", fine}, std::pair{"coarse", coarse}};
};
