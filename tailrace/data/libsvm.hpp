#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <utility>

#include "tailrace/core/field.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/data/sparse_rows.hpp"

namespace tailrace::data {

/// The two numbers a file uses for its classes. The larger one is class +1.
enum class LabelPair {
  unknown,             ///< take what the file shows
  minus_one_plus_one,  ///< {-1, 1}
  zero_one,            ///< {0, 1}
  one_two,             ///< {1, 2}
};

/// What a feature that occurs several times in a line means.
enum class Duplicates {
  refuse,  ///< an error: usually a broken file
  sum,     ///< the sum of its values
  last,    ///< the last of its values
};

struct LibsvmOptions {
  /// 0: the largest index of the file. Otherwise an index beyond it is an error.
  std::size_t dimension = 0;
  /// A test file must use the training file's labels: in {1, 2} a 1 means class -1, elsewhere +1.
  LabelPair labels = LabelPair::unknown;
  Duplicates duplicates = Duplicates::refuse;
};

/// A file as read: the samples, and how its labels were understood.
struct LibsvmFile {
  SparseRows rows;
  LabelPair labels = LabelPair::unknown;
};

/// Reads samples in the LIBSVM format, plain or gzip (known by its first two bytes).
///
///     file   =  { line "\n" }                      a last line without "\n" and "\r\n" are fine
///     line   =  [ label { index ":" value } ] [ "#" comment ]
///
///   label  number   -1 and +1, 0 and 1, or 1 and 2, also written +1, 1.0, 1e0
///   index  integer  1 to 2^31 - 1; any order; repeated in a line only as `duplicates` allows
///   value  number   decimal or scientific, finite, fits a 32-bit float; too small becomes 0
///
/// Blank lines and lines with only a comment are skipped; a label alone is a row without features.
/// Labels: a file with one class only is read as {-1, 1}, unless that class is 0 or 2, or
/// LibsvmOptions says otherwise. Labels of two different pairs, or of a third class, are refused.
///
/// Memory: the samples and a window of 1 MiB, never the text. Speed: about 200 MB of text a second.
/// Errors  one, the first: data/unreadable, data/malformed, data/labels, data/empty,
///         data/dimension, data/corrupt (gzip), with file:line:column and what was expected.
/// Source  Chang, Lin: LIBSVM, a library for support vector machines (file format: its README).
[[nodiscard]] Result<LibsvmFile> read_libsvm(const std::filesystem::path& path,
                                             const LibsvmOptions& options = {});

/// The same from memory; `name` stands for the file in errors.
[[nodiscard]] Result<LibsvmFile> parse_libsvm(std::string_view bytes, std::string_view name,
                                              const LibsvmOptions& options = {});

}  // namespace tailrace::data

template <>
struct tailrace::EnumNames<tailrace::data::Duplicates> {
  using enum data::Duplicates;
  static constexpr std::array values = {std::pair{"refuse", refuse}, std::pair{"sum", sum},
                                        std::pair{"last", last}};
};
