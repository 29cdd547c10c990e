#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tailrace/core/result.hpp"
#include "tailrace/data/safetensors.hpp"

namespace tailrace::data {

/// The name that stands for notes instead of a tensor.
inline constexpr std::string_view metadata_name = "__metadata__";

/// What the header says of one tensor; whether it can be true is not yet checked.
struct HeaderEntry {
  std::string name;
  NumberFormat format = NumberFormat::f32;
  std::vector<std::size_t> shape;
  std::size_t begin = 0;  ///< in bytes behind the header
  std::size_t end = 0;
};

struct Header {
  std::vector<HeaderEntry> entries;
  std::map<std::string, std::string> metadata;
};

/// Reads the JSON header of a safetensors file and takes nothing but its form: objects of known
/// keys, whole numbers that are not negative, no name twice. Blanks may surround it.
///
/// Errors  data/malformed, with the byte of `file`.
[[nodiscard]] Result<Header> read_header(std::string_view text, const std::string& file);

/// At most 60 bytes of a name that may be anything, for messages; what cannot be shown is `?`.
[[nodiscard]] std::string shown(std::string_view text);

/// "F32" and so on.
[[nodiscard]] std::string_view name_of(NumberFormat format);

}  // namespace tailrace::data
