#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tailrace/core/result.hpp"

namespace tailrace::data {

/// The pieces of a WordPiece tokenizer and their numbers. "##" in front marks a piece that goes on
/// within a word.
///
///     file  =  { piece "\n" }       one a line, numbered from 0; UTF-8; "\r\n" is fine
///
/// It holds [PAD], [UNK], [CLS] and [SEP] wherever it likes; a piece occurs once and is not empty.
///
/// Cost    about 100 bytes a piece.
/// Errors  data/unreadable, data/not-utf8, data/malformed with file:line, data/empty, and
///         data/no-such-token for one of the four that is missing.
/// Source  Devlin, Chang, Lee, Toutanova: BERT, NAACL 2019 (file format: its vocab.txt).
class Vocabulary {
 public:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  [[nodiscard]] static Result<Vocabulary> read(const std::filesystem::path& path);

  /// The same from memory; `name` stands for the file in errors.
  [[nodiscard]] static Result<Vocabulary> parse(std::string_view bytes, std::string_view name);

  /// From pieces in the order of their numbers; the rules of a file hold.
  [[nodiscard]] static Result<Vocabulary> from(std::vector<std::string> pieces,
                                               std::string_view name);

  /// The text of a file that read() takes.
  [[nodiscard]] std::string file_text() const;

  [[nodiscard]] std::size_t size() const { return pieces_.size(); }
  [[nodiscard]] const std::string& piece(std::uint32_t number) const { return pieces_[number]; }

  /// The piece's number, or none.
  [[nodiscard]] std::uint32_t number_of(std::string_view piece) const;

  /// Bytes of the longest piece.
  [[nodiscard]] std::size_t longest() const { return longest_; }

  [[nodiscard]] std::uint32_t padding() const { return padding_; }
  [[nodiscard]] std::uint32_t unknown() const { return unknown_; }
  [[nodiscard]] std::uint32_t start() const { return start_; }
  [[nodiscard]] std::uint32_t separator() const { return separator_; }

 private:
  /// Looks strings up by a view, without a copy.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view piece) const {
      return std::hash<std::string_view>{}(piece);
    }
  };

  std::vector<std::string> pieces_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
  std::size_t longest_ = 0;
  std::uint32_t padding_ = 0;
  std::uint32_t unknown_ = 0;
  std::uint32_t start_ = 0;
  std::uint32_t separator_ = 0;
};

}  // namespace tailrace::data
