#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "tailrace/core/result.hpp"
#include "tailrace/data/images.hpp"

namespace tailrace::data {

/// An array of bytes.
struct IdxArray {
  std::vector<std::size_t> sizes;   ///< of every dimension
  std::vector<std::uint8_t> bytes;  ///< row-major
};

/// Reads the IDX format, plain or gzip, with unsigned bytes as numbers.
///
///     file  =  0 0 type dimensions size... number...
///
///   type        byte      8 (unsigned bytes); others are refused
///   dimensions  byte      must be `dimensions`
///   size        4 bytes   big-endian, one for each dimension
///
/// Memory: sizes that the file cannot hold (gzip packs 1032 to 1 at best) are refused first, and
/// memory grows as bytes arrive.
/// Errors  data/unreadable, data/corrupt (gzip), data/malformed, data/truncated, with file and
///         byte.
/// Source  LeCun, Cortes, Burges: The MNIST database (file format: its web page).
[[nodiscard]] Result<IdxArray> read_idx(const std::filesystem::path& path, std::size_t dimensions);
/// The same from memory; `name` stands for the file in errors.
[[nodiscard]] Result<IdxArray> parse_idx(std::string_view bytes, std::string_view name,
                                         std::size_t dimensions);

/// Two IDX files as gray pictures with classes 0 to classes - 1.
///
/// Errors  those of read_idx; data/labels for a class beyond; data/empty; data/sizes if the two
///         have not equally many.
[[nodiscard]] Result<Images> read_idx_images(const std::filesystem::path& images,
                                             const std::filesystem::path& labels,
                                             std::size_t classes = 10);

/// A folder with the four files of MNIST or of a set in its form, such as Fashion-MNIST:
/// {train, t10k}-{images-idx3, labels-idx1}-ubyte, also with .idx3 and .idx1, and with .gz.
///
/// Errors  data/not-found; those of read_idx_images.
[[nodiscard]] Result<Images> read_idx_folder(const std::filesystem::path& folder, Part part);

}  // namespace tailrace::data
