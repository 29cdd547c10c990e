#include "tailrace/data/wordpiece.hpp"

#include <algorithm>

#include "tailrace/core/check.hpp"
#include "tailrace/data/unicode.hpp"

namespace tailrace::data {
namespace {

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// Drops last tokens from the longer text until both have room.
void shorten(std::vector<std::uint32_t>& first, std::vector<std::uint32_t>& second,
             std::size_t room) {
  while (first.size() + second.size() > room) {
    (first.size() > second.size() ? first : second).pop_back();
  }
}

}  // namespace

bool WordReader::next() {
  word_.clear();
  characters_ = 0;
  while (at_ < text_.size()) {
    const Decoded read = decode_utf8(text_, at_);
    CharacterKind kind = kind_of(read.point);
    if (kind == CharacterKind::space && !word_.empty()) return true;
    if (kind == CharacterKind::space || kind == CharacterKind::control) {
      at_ += read.bytes;
      continue;
    }
    character_.clear();
    if (lower_case_) {
      append_plain(character_, read.point);
    } else {
      append_utf8(character_, read.point);
    }
    // The Greek question mark becomes a semicolon, for one.
    if (!character_.empty()) kind = kind_of(decode_utf8(character_, 0).point);
    const bool alone = kind == CharacterKind::punctuation || kind == CharacterKind::ideograph;
    if (alone && !word_.empty()) return true;
    at_ += read.bytes;
    if (character_.empty()) continue;
    word_ += character_;
    characters_ +=
        static_cast<std::size_t>(std::count_if(character_.begin(), character_.end(), [](char byte) {
          return !continues_character(byte);
        }));
    if (alone) return true;
  }
  return !word_.empty();
}

void WordPiece::append(std::string_view text, std::vector<std::uint32_t>& tokens) const {
  for (WordReader words(text, options_.lower_case); words.next();) {
    if (words.characters() > options_.word_characters_max) {
      tokens.push_back(vocabulary_.unknown());
    } else {
      append_word(words.word(), tokens);
    }
  }
}

void WordPiece::append_word(std::string_view word, std::vector<std::uint32_t>& tokens) const {
  const std::size_t before = tokens.size();
  std::string inside;
  for (std::size_t begin = 0; begin < word.size();) {
    std::string_view candidate = word.substr(begin);
    if (begin > 0) candidate = inside.assign("##").append(candidate);
    const std::size_t mark = begin > 0 ? 2 : 0;
    std::size_t length = std::min(candidate.size(), vocabulary_.longest());
    std::uint32_t number = Vocabulary::none;
    for (; length > mark; --length) {
      if (length < candidate.size() && continues_character(candidate[length])) continue;
      number = vocabulary_.number_of(candidate.substr(0, length));
      if (number != Vocabulary::none) break;
    }
    if (number == Vocabulary::none) {
      tokens.resize(before);
      tokens.push_back(vocabulary_.unknown());
      return;
    }
    tokens.push_back(number);
    begin += length - mark;
  }
}

EncodedText WordPiece::encode(std::string_view first, std::optional<std::string_view> second,
                              std::size_t length_max) const {
  const std::size_t special = second ? 3 : 2;
  TAILRACE_CHECK(length_max >= 3);
  std::vector<std::uint32_t> first_tokens;
  std::vector<std::uint32_t> second_tokens;
  append(first, first_tokens);
  if (second) append(*second, second_tokens);
  shorten(first_tokens, second_tokens, length_max - special);

  EncodedText encoded;
  encoded.tokens.reserve(first_tokens.size() + second_tokens.size() + special);
  encoded.tokens.push_back(vocabulary_.start());
  encoded.tokens.insert(encoded.tokens.end(), first_tokens.begin(), first_tokens.end());
  encoded.tokens.push_back(vocabulary_.separator());
  encoded.first_part = encoded.tokens.size();
  if (second) {
    encoded.tokens.insert(encoded.tokens.end(), second_tokens.begin(), second_tokens.end());
    encoded.tokens.push_back(vocabulary_.separator());
  }
  return encoded;
}

}  // namespace tailrace::data
