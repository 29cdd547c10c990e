#include "tailrace/data/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tailrace/data/text.hpp"
#include "tailrace/data/unicode.hpp"

namespace tailrace::data {

Result<Vocabulary> Vocabulary::read(const std::filesystem::path& path) {
  return read_text(path).and_then(
      [&](const std::string& text) { return parse(text, path.string()); });
}

Result<Vocabulary> Vocabulary::parse(std::string_view bytes, std::string_view name) {
  std::vector<std::string> pieces;
  for (LineReader lines(bytes); lines.next();) pieces.emplace_back(lines.line());
  return from(std::move(pieces), name);
}

Result<Vocabulary> Vocabulary::from(std::vector<std::string> pieces, std::string_view name) {
  if (pieces.empty()) {
    return fail({"data/empty", "there is no piece in this vocabulary", std::string(name),
                 "give a file with one piece a line, such as BERT's vocab.txt", true});
  }
  Vocabulary made;
  made.pieces_ = std::move(pieces);
  made.numbers_.reserve(made.pieces_.size());
  for (std::uint32_t number = 0; number < made.pieces_.size(); ++number) {
    const std::string& piece = made.pieces_[number];
    const auto refuse = [&](std::string code, std::string what, std::string fix) {
      return fail({std::move(code), std::move(what), fmt::format("{}:{}", name, number + 1),
                   std::move(fix), true});
    };
    if (const auto offset = first_not_utf8(piece)) {
      return refuse("data/not-utf8",
                    fmt::format("byte {} of this line (0x{:02x}) is not UTF-8", *offset + 1,
                                static_cast<unsigned char>(piece[*offset])),
                    "save the vocabulary as UTF-8");
    }
    if (piece.empty()) {
      return refuse(
          "data/malformed", "a piece of the vocabulary is empty",
          "write a name nobody uses there, such as [unused0]; without the line, all numbers "
          "behind it would change");
    }
    const auto [known, is_new] = made.numbers_.emplace(piece, number);
    if (!is_new) {
      return refuse("data/malformed",
                    fmt::format("\"{}\" stands in line {} already", piece, known->second + 1),
                    "rename one of them, for instance to [unused0]; without the line, all numbers "
                    "behind it would change");
    }
    made.longest_ = std::max(made.longest_, piece.size());
  }
  for (const auto& [text, number] :
       {std::pair{"[PAD]", &made.padding_}, std::pair{"[UNK]", &made.unknown_},
        std::pair{"[CLS]", &made.start_}, std::pair{"[SEP]", &made.separator_}}) {
    *number = made.number_of(text);
    if (*number == none) {
      return fail({"data/no-such-token", fmt::format("the vocabulary has no {}", text),
                   std::string(name),
                   "give a vocabulary in BERT's form: [PAD], [UNK], [CLS] and [SEP] among its "
                   "lines",
                   true});
    }
  }
  return made;
}

std::string Vocabulary::file_text() const {
  std::string text;
  for (const std::string& piece : pieces_) {
    text += piece;
    text += '\n';
  }
  return text;
}

std::uint32_t Vocabulary::number_of(std::string_view piece) const {
  const auto found = numbers_.find(piece);
  return found == numbers_.end() ? none : found->second;
}

}  // namespace tailrace::data
