// Feeds arbitrary bytes to the tokenizer, as a vocabulary and as texts. What it makes of a text
// must be well formed and spell the text's words; what it refuses, it refuses with one complete
// error.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/core/check.hpp"
#include "tailrace/data/unicode.hpp"
#include "tailrace/data/wordpiece.hpp"
#include "tailrace/data/wordpiece_training.hpp"

namespace {

using tailrace::data::EncodedText;
using tailrace::data::Vocabulary;
using tailrace::data::WordPiece;
using tailrace::data::WordReader;

void check_error(const tailrace::Errors& errors) {
  TAILRACE_CHECK(errors.size() == 1);
  TAILRACE_CHECK(!errors.front().code.empty() && !errors.front().what.empty());
  TAILRACE_CHECK(!errors.front().fix.empty());
}

/// Every word is one [UNK], or the pieces that it is cut into.
void check_spelling(const WordPiece& tokenizer, std::string_view text, bool lower_case) {
  const Vocabulary& vocabulary = tokenizer.vocabulary();
  std::vector<std::uint32_t> tokens;
  tokenizer.append(text, tokens);
  std::size_t at = 0;
  for (WordReader words(text, lower_case); words.next();) {
    TAILRACE_CHECK(!words.word().empty() && words.characters() <= words.word().size());
    TAILRACE_CHECK(!tailrace::data::first_not_utf8(words.word()));
    TAILRACE_CHECK(at < tokens.size());
    if (tokens[at] == vocabulary.unknown()) {
      ++at;
      continue;
    }
    std::string spelled;
    while (spelled.size() < words.word().size()) {
      TAILRACE_CHECK(at < tokens.size() && tokens[at] < vocabulary.size());
      const std::string_view piece = vocabulary.piece(tokens[at++]);
      TAILRACE_CHECK(spelled.empty() || piece.starts_with("##"));
      spelled += spelled.empty() ? piece : piece.substr(2);
    }
    TAILRACE_CHECK(spelled == words.word());
  }
  TAILRACE_CHECK(at == tokens.size());
}

void check_tokenizer(const WordPiece& tokenizer, std::string_view first, std::string_view second,
                     bool lower_case) {
  check_spelling(tokenizer, first, lower_case);
  for (const std::size_t length_max : {3, 8, 64}) {
    const EncodedText encoded = tokenizer.encode(first, second, length_max);
    TAILRACE_CHECK(encoded.tokens.size() >= 3 && encoded.tokens.size() <= length_max);
    TAILRACE_CHECK(encoded.tokens[encoded.first_part - 1] == tokenizer.vocabulary().separator());
    TAILRACE_CHECK(encoded.tokens.back() == tokenizer.vocabulary().separator());
  }
}

}  // namespace

// The input: a vocabulary, a byte 0xFF, and a text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(bytes.find('\xFF'), bytes.size());
  const std::string_view text = bytes.substr(std::min(end + 1, bytes.size()));
  const bool lower_case = size % 2 == 0;

  auto vocabulary = Vocabulary::parse(bytes.substr(0, end), "input");
  if (vocabulary) {
    TAILRACE_CHECK(Vocabulary::parse(vocabulary->file_text(), "again").has_value());
    check_tokenizer(WordPiece(std::move(*vocabulary), {.lower_case = lower_case}), text, bytes,
                    lower_case);
  } else {
    check_error(vocabulary.error());
  }
  const std::vector<std::string> texts = {std::string(text), std::string(bytes)};
  auto learned = tailrace::data::learn_vocabulary(texts, 64, {.lower_case = lower_case});
  if (learned) {
    TAILRACE_CHECK(learned->size() <= 64);
    check_tokenizer(WordPiece(std::move(*learned), {.lower_case = lower_case}), text, bytes,
                    lower_case);
  } else {
    check_error(learned.error());
  }
  return 0;
}
