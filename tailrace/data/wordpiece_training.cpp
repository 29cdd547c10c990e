#include "tailrace/data/wordpiece_training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <queue>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tailrace/core/check.hpp"
#include "tailrace/data/unicode.hpp"

namespace tailrace::data {
namespace {

constexpr std::size_t pieces_min = 16;
constexpr std::int64_t count_min = 2;

using WordCounts = std::map<std::string, std::int64_t>;

WordCounts count_words(std::span<const std::string> texts, const WordPieceOptions& options) {
  std::unordered_map<std::string, std::int64_t> counts;
  std::string word;
  for (const std::string& text : texts) {
    for (WordReader words(text, options.lower_case); words.next();) {
      if (words.characters() > options.word_characters_max) continue;
      word.assign(words.word());
      ++counts[word];
    }
  }
  return {counts.begin(), counts.end()};
}

bool stands_alone(char32_t point) {
  const CharacterKind kind = kind_of(point);
  return kind == CharacterKind::punctuation || kind == CharacterKind::ideograph;
}

/// The most frequent characters for which there is room, in the order of their code points.
std::vector<char32_t> choose_characters(const WordCounts& words, std::size_t room) {
  std::map<char32_t, std::int64_t> counts;
  for (const auto& [word, count] : words) {
    for (std::size_t at = 0; at < word.size();) {
      const Decoded read = decode_utf8(word, at);
      counts[read.point] += count;
      at += read.bytes;
    }
  }
  std::vector<std::pair<char32_t, std::int64_t>> by_count(counts.begin(), counts.end());
  std::stable_sort(by_count.begin(), by_count.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<char32_t> chosen;
  for (const auto& [point, count] : by_count) {
    const std::size_t forms = stands_alone(point) ? 1 : 2;
    if (forms > room) break;
    room -= forms;
    chosen.push_back(point);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

/// Two neighboring pieces, by number.
struct Pair {
  std::uint32_t left;
  std::uint32_t right;
  auto operator<=>(const Pair&) const = default;
};

struct PairHash {
  std::size_t operator()(const Pair& pair) const {
    return std::hash<std::uint64_t>{}(std::uint64_t{pair.left} << 32 | pair.right);
  }
};

/// A pair and its count when it was queued; out of date once the count has changed.
struct Candidate {
  std::int64_t count;
  Pair pair;
  /// The largest count is on top; of equal ones the oldest pieces.
  bool operator<(const Candidate& other) const {
    return count != other.count ? count < other.count : other.pair < pair;
  }
};

class Learner {
 public:
  Learner(const WordCounts& words, std::size_t pieces_max) : pieces_max_(pieces_max) {
    for (const char* special : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}) add_piece(special);
    add_characters(choose_characters(words, (pieces_max - pieces_.size()) / 2));
    for (const auto& [word, count] : words) add_word(word, count);
    for (std::size_t w = 0; w < words_.size(); ++w) count_pairs(w, 1);
    queue_changed();
  }

  std::vector<std::string> learn() {
    while (pieces_.size() < pieces_max_ && !queue_.empty()) {
      const Candidate best = queue_.top();
      queue_.pop();
      if (occurrences_[best.pair].count != best.count) continue;  // a newer entry is in the queue
      if (best.count < count_min) break;
      join(best.pair);
    }
    return std::move(pieces_);
  }

 private:
  struct Word {
    std::vector<std::uint32_t> pieces;
    std::int64_t count;
  };

  struct Occurrences {
    std::int64_t count = 0;
    std::vector<std::size_t> words;  ///< those that had the pair at some time, some repeatedly
  };

  std::uint32_t add_piece(const std::string& piece) {
    const auto [known, is_new] =
        numbers_.emplace(piece, static_cast<std::uint32_t>(pieces_.size()));
    if (is_new) pieces_.push_back(piece);
    return known->second;
  }

  void add_characters(const std::vector<char32_t>& characters) {
    for (const std::string_view mark : {"", "##"}) {
      for (const char32_t point : characters) {
        if (!mark.empty() && stands_alone(point)) continue;
        std::string piece(mark);
        append_utf8(piece, point);
        add_piece(piece);
      }
    }
  }

  /// Leaves out a word with a character that is no piece.
  void add_word(const std::string& text, std::int64_t count) {
    Word word{{}, count};
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t bytes = decode_utf8(text, at).bytes;
      const auto number = numbers_.find((at > 0 ? "##" : "") + text.substr(at, bytes));
      if (number == numbers_.end()) return;
      word.pieces.push_back(number->second);
      at += bytes;
    }
    words_.push_back(std::move(word));
  }

  /// Adds a word's pairs to the counts (sign = 1), or takes them out (-1).
  void count_pairs(std::size_t w, std::int64_t sign) {
    const Word& word = words_[w];
    for (std::size_t k = 1; k < word.pieces.size(); ++k) {
      const Pair pair{word.pieces[k - 1], word.pieces[k]};
      Occurrences& occurrences = occurrences_[pair];
      occurrences.count += sign * word.count;
      if (sign > 0) occurrences.words.push_back(w);
      changed_.push_back(pair);
    }
  }

  void join(Pair pair) {
    const std::string& right = pieces_[pair.right];
    TAILRACE_CHECK(right.starts_with("##"));
    const std::uint32_t joined = add_piece(pieces_[pair.left] + right.substr(2));
    std::vector<std::size_t> words = std::move(occurrences_[pair].words);
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    for (const std::size_t w : words) {
      count_pairs(w, -1);
      join_in(words_[w].pieces, pair, joined);
      count_pairs(w, 1);
    }
    queue_changed();
  }

  static void join_in(std::vector<std::uint32_t>& pieces, Pair pair, std::uint32_t joined) {
    std::size_t kept = 0;
    for (std::size_t k = 0; k < pieces.size(); ++k, ++kept) {
      const bool here =
          k + 1 < pieces.size() && pieces[k] == pair.left && pieces[k + 1] == pair.right;
      pieces[kept] = here ? joined : pieces[k];
      if (here) ++k;
    }
    pieces.resize(kept);
  }

  void queue_changed() {
    std::sort(changed_.begin(), changed_.end());
    changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
    for (const Pair& pair : changed_) {
      const std::int64_t count = occurrences_[pair].count;
      if (count > 0) queue_.push({count, pair});
    }
    changed_.clear();
  }

  std::size_t pieces_max_;
  std::vector<std::string> pieces_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<Word> words_;
  std::unordered_map<Pair, Occurrences, PairHash> occurrences_;
  std::vector<Pair> changed_;
  std::priority_queue<Candidate> queue_;
};

}  // namespace

Result<Vocabulary> learn_vocabulary(std::span<const std::string> texts, std::size_t pieces_max,
                                    const WordPieceOptions& options) {
  if (pieces_max < pieces_min) {
    return fail({"data/too-few-pieces",
                 fmt::format("a vocabulary of {} pieces holds no words", pieces_max), "",
                 fmt::format("choose {} pieces or more; 4000 is usual", pieces_min)});
  }
  const WordCounts words = count_words(texts, options);
  if (words.empty()) {
    return fail({"data/empty", "the texts have no word to learn a vocabulary from", "",
                 "give training texts, or a vocabulary file"});
  }
  return Vocabulary::from(Learner(words, pieces_max).learn(), "the learned vocabulary");
}

}  // namespace tailrace::data
