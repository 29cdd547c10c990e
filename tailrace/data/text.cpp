#include "tailrace/data/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "tailrace/data/byte_window.hpp"
#include "tailrace/data/unicode.hpp"

namespace tailrace::data {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t speaker_name_max = 60;

std::u32string_view without_blanks_behind(std::u32string_view line) {
  while (!line.empty() && kind_of(line.back()) == CharacterKind::space) line.remove_suffix(1);
  return line;
}

/// Deals the lines of a text to parts, front to back.
class Parts {
 public:
  explicit Parts(TextPart part) : part_(part) {}

  std::uint32_t part_of(std::u32string_view line) {
    const std::u32string_view content = without_blanks_behind(line);
    if (content.empty()) {
      in_block_ = false;
      return current_.value_or(0);
    }
    switch (part_) {
      case TextPart::line:
        begin_part();
        break;
      case TextPart::paragraph:
        if (!in_block_) begin_part();
        break;
      case TextPart::speaker:
        if (!in_block_ && is_name(content)) {
          current_ = speaker(content);
        } else if (!current_) {
          begin_part();
        }
        break;
    }
    in_block_ = true;
    return *current_;
  }

  [[nodiscard]] bool has_speaker() const { return !speakers_.empty(); }

 private:
  static bool is_name(std::u32string_view line) {
    return line.back() == ':' && line.size() > 1 && line.size() <= speaker_name_max + 1;
  }

  void begin_part() { current_ = count_++; }

  std::uint32_t speaker(std::u32string_view name) {
    const auto [known, is_new] = speakers_.emplace(name, count_);
    if (is_new) ++count_;
    return known->second;
  }

  TextPart part_;
  bool in_block_ = false;
  std::optional<std::uint32_t> current_;
  std::uint32_t count_ = 0;
  std::map<std::u32string, std::uint32_t> speakers_;
};

}  // namespace

Result<std::string> read_text(const std::filesystem::path& path) {
  constexpr std::size_t block = std::size_t{1} << 20;
  ByteSource source(path);
  std::string text;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + block);
    const std::size_t got = source.read(std::span(text).subspan(before));
    text.resize(before + got);
    if (got < block) break;
  }
  if (const auto& failure = source.failure()) {
    return fail({failure->code, failure->what, path.string(), failure->fix, true});
  }
  return text;
}

LineReader::LineReader(std::string_view text) : rest_(text) {
  if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

bool LineReader::next() {
  if (rest_.empty()) return false;
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  line_ = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  ++number_;
  return true;
}

Result<CharacterText> read_characters(const std::filesystem::path& path) {
  return read_text(path).and_then(
      [&](const std::string& text) { return parse_characters(text, path.string()); });
}

Result<CharacterText> parse_characters(std::string_view bytes, std::string_view name) {
  CharacterText text{std::string(name), {}};
  text.characters.reserve(bytes.size());
  std::size_t at = bytes.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  while (at < bytes.size()) {
    const Decoded next = decode_utf8(bytes, at);
    if (next.point == not_utf8) {
      const TextPlace place = place_in(bytes, at);
      return fail({"data/not-utf8",
                   fmt::format("byte {} (0x{:02x}) is not UTF-8", at,
                               static_cast<unsigned char>(bytes[at])),
                   fmt::format("{}:{}:{}", name, place.line, place.column),
                   "convert the text to UTF-8, for instance with iconv", true});
    }
    at += next.bytes;
    const bool line_ends = next.point == '\r' && at < bytes.size() && bytes[at] == '\n';
    if (!line_ends) text.characters += next.point;
  }
  if (text.characters.empty()) {
    return fail({"data/empty", "there is no character in this text", std::string(name),
                 "give a text file", true});
  }
  return text;
}

Result<std::vector<std::uint32_t>> parts_of(const CharacterText& text, TextPart part) {
  const std::u32string_view all = text.characters;
  Parts parts(part);
  std::vector<std::uint32_t> part_of_character;
  part_of_character.reserve(all.size());
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find(U'\n', begin), all.size() - 1) + 1;
    const std::uint32_t number = parts.part_of(all.substr(begin, end - begin));
    part_of_character.resize(end, number);
    begin = end;
  }
  if (part == TextPart::speaker && !parts.has_speaker()) {
    return fail({"data/no-speaker", "no paragraph of this text begins with a line \"NAME:\"",
                 text.name, "cut it by line or by paragraph", true});
  }
  return part_of_character;
}

CharacterSet::CharacterSet(std::u32string_view text) {
  std::vector<bool> occurs(0x110000);
  for (const char32_t point : text) occurs[point] = true;
  for (char32_t point = 0; point < occurs.size(); ++point) {
    if (occurs[point]) points_ += point;
  }
}

std::uint32_t CharacterSet::number_of(char32_t point) const {
  const auto found = std::lower_bound(points_.begin(), points_.end(), point);
  if (found == points_.end() || *found != point) return unknown;
  return static_cast<std::uint32_t>(found - points_.begin()) + 1;
}

}  // namespace tailrace::data
