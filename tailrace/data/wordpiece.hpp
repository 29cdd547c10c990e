#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/data/vocabulary.hpp"

namespace tailrace::data {

/// The words of a text as BERT cuts it, front to back: controls are dropped; blanks end a word;
/// a punctuation sign or a Chinese character is a word of its own. In lower case, accents go too.
/// Bytes that are not UTF-8 are dropped like controls. "[CLS]" in a text is three words, not a
/// special token.
class WordReader {
 public:
  WordReader(std::string_view text, bool lower_case) : text_(text), lower_case_(lower_case) {}

  /// Goes to the next word; false behind the last.
  bool next();

  [[nodiscard]] std::string_view word() const { return word_; }
  /// The word's length; word() counts bytes.
  [[nodiscard]] std::size_t characters() const { return characters_; }

 private:
  std::string_view text_;
  bool lower_case_;
  std::size_t at_ = 0;
  std::string word_;
  std::size_t characters_ = 0;
  std::string character_;  ///< of the word, as it will read; kept for its memory
};

struct WordPieceOptions {
  bool lower_case = true;
  std::uint32_t word_characters_max = 100;

  static void fields(auto& self, auto&& field) {
    field("lower_case", self.lower_case,
          Field{.doc = "lower case without accents, as uncased vocabularies want it"});
    field("word_characters_max", self.word_characters_max,
          Field{.unit = "characters", .min = 1, .max = 10000, .doc = "longer words are [UNK]"});
  }
};

/// One or two texts as tokens: [CLS] first [SEP] or [CLS] first [SEP] second [SEP].
struct EncodedText {
  std::vector<std::uint32_t> tokens;
  std::size_t first_part = 0;  ///< tokens up to the first [SEP] and with it: those of segment 0
};

/// Text to numbers: words as WordReader cuts them, each cut from its front into the longest pieces
/// that the vocabulary has, "##" before all but the first; a word that cannot be cut is [UNK].
///
///     "unaffable"  ->  un ##aff ##able
///
///   tokens  numbers of pieces  [1]  at most `length_max` a text, the special ones included. Where
///           two texts are too long, the longer one loses its last token again and again, the
///           second one where both are as long.
///
/// State   none that changes: one tokenizer serves all threads.
/// Cost    about 100 ns a piece; a word of n characters looks up at most n^2 / 2 pieces.
/// Source  Devlin, Chang, Lee, Toutanova: BERT, NAACL 2019, and its published tokenizer; Unicode as
///         of data/unicode.hpp, hence characters that Unicode does not know are kept, not dropped.
class WordPiece {
 public:
  explicit WordPiece(Vocabulary vocabulary, const WordPieceOptions& options = {})
      : vocabulary_(std::move(vocabulary)), options_(options) {}

  /// Appends the tokens of a text, without special ones.
  void append(std::string_view text, std::vector<std::uint32_t>& tokens) const;

  /// `length_max` >= 3.
  [[nodiscard]] EncodedText encode(std::string_view first, std::optional<std::string_view> second,
                                   std::size_t length_max) const;

  [[nodiscard]] const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  void append_word(std::string_view word, std::vector<std::uint32_t>& tokens) const;

  Vocabulary vocabulary_;
  WordPieceOptions options_;
};

}  // namespace tailrace::data
