#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::data {

/// All bytes of a file, gzip (known by its first two bytes) unpacked.
///
/// Errors  data/unreadable, data/corrupt.
[[nodiscard]] Result<std::string> read_text(const std::filesystem::path& path);

/// The lines of a text, without "\n" or "\r\n"; a byte-order mark in front is passed. A text that
/// ends in a newline has no empty line behind it.
class LineReader {
 public:
  explicit LineReader(std::string_view text);

  /// Goes to the next line; false behind the last.
  bool next();

  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::string_view line_;
  std::size_t number_ = 0;
};

/// A text as its characters (Unicode code points): one entry each, whatever its bytes.
struct CharacterText {
  std::string name;
  std::u32string characters;
};

/// Reads a text file. A byte-order mark and the "\r" of "\r\n" are dropped.
///
/// Errors  those of read_text(); data/not-utf8 with file:line:column; data/empty.
[[nodiscard]] Result<CharacterText> read_characters(const std::filesystem::path& path);

/// The same from memory; `name` stands for the file in errors.
[[nodiscard]] Result<CharacterText> parse_characters(std::string_view bytes, std::string_view name);

/// What a text is cut into, so that workers can hold whole parts of it.
enum class TextPart {
  line,       ///< every line that is not blank
  paragraph,  ///< every block of lines between blank ones
  speaker,  ///< all that follows one name's lines "NAME:" at the head of a paragraph, as in a play
};

/// (characters) The number of the part that each character belongs to, from 0 in the order in which
/// they begin; a blank line belongs to the part before it. A name counts as one if it stands alone
/// in its line and has at most 60 characters; what comes before the first name is a part of its
/// own.
///
/// Errors  data/no-speaker when no line reads "NAME:".
/// Source  speakers as workers: Caldas et al.: LEAF, arXiv:1812.01097 (its own list of speakers
///         differs: it is made from another edition by other rules).
[[nodiscard]] Result<std::vector<std::uint32_t>> parts_of(const CharacterText& text, TextPart part);

/// The characters of a text, numbered from 1 in the order of their code points; 0 is any other.
class CharacterSet {
 public:
  static constexpr std::uint32_t unknown = 0;

  explicit CharacterSet(std::u32string_view text);

  /// Different characters, the unknown one included.
  [[nodiscard]] std::size_t size() const { return points_.size() + 1; }
  [[nodiscard]] std::uint32_t number_of(char32_t point) const;

 private:
  std::u32string points_;  ///< ascending
};

}  // namespace tailrace::data

template <>
struct tailrace::EnumNames<tailrace::data::TextPart> {
  using enum data::TextPart;
  static constexpr std::array values = {std::pair{"line", line}, std::pair{"paragraph", paragraph},
                                        std::pair{"speaker", speaker}};
};
