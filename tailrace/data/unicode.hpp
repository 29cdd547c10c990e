#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tailrace::data {

/// What decode() gives for bytes that are not UTF-8.
inline constexpr char32_t not_utf8 = 0xFFFFFFFF;

/// A character and how many bytes of text it takes; at least one, also for not_utf8.
struct Decoded {
  char32_t point = 0;
  std::size_t bytes = 1;
};

/// The character at `at` < text.size(). Shortest form only, no surrogates, at most U+10FFFF.
[[nodiscard]] Decoded decode_utf8(std::string_view text, std::size_t at);

/// Appends a character; not_utf8 becomes U+FFFD.
void append_utf8(std::string& text, char32_t point);

/// The offset of the first byte that is not UTF-8; nothing where all is.
[[nodiscard]] std::optional<std::size_t> first_not_utf8(std::string_view text);

/// Where a byte of a text is, for errors: both count from 1, the column in bytes.
struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;
};
[[nodiscard]] TextPlace place_in(std::string_view text, std::size_t offset);

/// What BERT's tokenizer asks of a character. The tables are our own copy of Unicode 14, so that a
/// text has the same tokens on every machine, whatever its libraries know of Unicode.
///
///   space        ends a word: blank, tab, newline, return, categories Zs, Zl, Zp
///   control      is dropped: categories Cc, Cf, Co but the spaces above; also U+FFFD and not_utf8
///   punctuation  is a word of its own: categories P* and every ASCII sign that is neither a letter
///                nor a digit
///   ideograph    is a word of its own: the blocks of Chinese characters that BERT names
enum class CharacterKind : std::uint8_t { letter, space, control, punctuation, ideograph };
[[nodiscard]] CharacterKind kind_of(char32_t point);

/// Appends a character in lower case and without its accents: canonical decomposition, lower case,
/// marks (category Mn) dropped. One by one: a capital sigma becomes a medial one at the end of a
/// word as well. Compatibility ideographs and the forty-odd characters of Indic scripts and of
/// musical notation that decompose into several ones stay as they are.
void append_plain(std::string& text, char32_t point);

}  // namespace tailrace::data
