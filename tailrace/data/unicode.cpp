#include "tailrace/data/unicode.hpp"

#include <algorithm>
#include <iterator>

#include "tailrace/data/unicode_tables.hpp"

namespace tailrace::data {
namespace {

constexpr char32_t replacement = 0xFFFD;

/// The last entry whose `first` is not after the point; null before all.
template <class Entry, std::size_t count>
const Entry* entry_for(const Entry (&table)[count], char32_t point) {
  const Entry* after =
      std::upper_bound(std::begin(table), std::end(table), point,
                       [](char32_t p, const Entry& entry) { return p < entry.first; });
  return after == std::begin(table) ? nullptr : after - 1;
}

template <std::size_t count>
bool contains(const unicode::Range (&table)[count], char32_t point) {
  const unicode::Range* range = entry_for(table, point);
  return range != nullptr && point <= range->last;
}

bool is_space(char32_t p) {
  return p == ' ' || p == '\t' || p == '\n' || p == '\r' || p == 0xA0 || p == 0x1680 ||
         (p >= 0x2000 && p <= 0x200A) || p == 0x2028 || p == 0x2029 || p == 0x202F || p == 0x205F ||
         p == 0x3000;
}

bool is_ascii_sign(char32_t p) {
  return (p >= 33 && p <= 47) || (p >= 58 && p <= 64) || (p >= 91 && p <= 96) ||
         (p >= 123 && p <= 126);
}

bool is_ideograph(char32_t p) {
  return (p >= 0x4E00 && p <= 0x9FFF) || (p >= 0x3400 && p <= 0x4DBF) ||
         (p >= 0x20000 && p <= 0x2A6DF) || (p >= 0x2A700 && p <= 0x2B73F) ||
         (p >= 0x2B740 && p <= 0x2B81F) || (p >= 0x2B820 && p <= 0x2CEAF) ||
         (p >= 0xF900 && p <= 0xFAFF) || (p >= 0x2F800 && p <= 0x2FA1F);
}

/// A syllable of Hangul is two or three letters (The Unicode Standard, section 3.12).
bool append_hangul(std::string& text, char32_t point) {
  constexpr char32_t first = 0xAC00;
  constexpr char32_t syllables = 11172;
  constexpr char32_t vowels = 21;
  constexpr char32_t finals = 28;
  if (point < first || point >= first + syllables) return false;
  const char32_t index = point - first;
  append_utf8(text, 0x1100 + index / (vowels * finals));
  append_utf8(text, 0x1161 + index % (vowels * finals) / finals);
  if (index % finals != 0) append_utf8(text, 0x11A7 + index % finals);
  return true;
}

}  // namespace

Decoded decode_utf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - at < bytes) return {not_utf8, 1};
  char32_t point = lead & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {not_utf8, 1};
    point = point << 6 | (byte(i) & 0x3Fu);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < smallest[bytes] || point > 0x10FFFF || surrogate) return {not_utf8, 1};
  return {point, bytes};
}

void append_utf8(std::string& text, char32_t point) {
  if (point > 0x10FFFF) point = replacement;
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xC0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    text += static_cast<char>(0xE0 | point >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

std::optional<std::size_t> first_not_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Decoded next = decode_utf8(text, at);
    if (next.point == not_utf8) return at;
    at += next.bytes;
  }
  return std::nullopt;
}

TextPlace place_in(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  return {1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')),
          newline == std::string_view::npos ? offset + 1 : offset - newline};
}

CharacterKind kind_of(char32_t point) {
  if (is_space(point)) return CharacterKind::space;
  if (point < 0x80) {
    if (point < ' ' || point == 0x7F) return CharacterKind::control;
    return is_ascii_sign(point) ? CharacterKind::punctuation : CharacterKind::letter;
  }
  if (point == replacement || point == not_utf8) return CharacterKind::control;
  if (is_ideograph(point)) return CharacterKind::ideograph;
  if (contains(unicode::controls, point)) return CharacterKind::control;
  if (contains(unicode::punctuation, point)) return CharacterKind::punctuation;
  return CharacterKind::letter;
}

void append_plain(std::string& text, char32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : point);
    return;
  }
  if (contains(unicode::marks, point) || append_hangul(text, point)) return;
  const unicode::Run* run = entry_for(unicode::plain_runs, point);
  if (run != nullptr) {
    const std::uint32_t ahead = point - run->first;
    if (ahead % run->stride == 0 && ahead / run->stride < run->count) point = run->becomes + ahead;
  }
  append_utf8(text, point);
}

}  // namespace tailrace::data
