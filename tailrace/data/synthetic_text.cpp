#include "tailrace/data/synthetic_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/core/distributions.hpp"

namespace tailrace::data {
namespace {

constexpr std::array<std::string_view, 8> speakers = {"ANNA",  "BRUNO", "CLARA", "DAVID",
                                                      "ELENA", "FELIX", "GRETA", "HUGO"};
constexpr std::size_t words_count = 100;
constexpr std::size_t opening = words_count;  ///< stands for the word before a sentence's first
constexpr std::size_t followers_count = 6;
constexpr std::size_t favorites_count = 5;
constexpr double follow_chance = 0.8;
constexpr double sentence_end_chance = 1.0 / 5;
constexpr double speech_end_chance = 1.0 / 3;

/// What the next word may be.
struct Choice {
  std::size_t word;
  double chance;
};
using Choices = std::vector<Choice>;

/// Nats that one draw with this chance of a yes has on average.
double entropy_of_coin(double yes) { return -yes * std::log(yes) - (1 - yes) * std::log(1 - yes); }

double entropy_of(const Choices& choices) {
  double entropy = 0;
  for (const Choice& choice : choices) entropy -= choice.chance * std::log(choice.chance);
  return entropy;
}

std::vector<std::string> draw_words(Stream& stream) {
  constexpr std::string_view consonants = "bdfgklmnprstvz";
  constexpr std::string_view vowels = "aeiou";
  std::set<std::string> known;
  std::vector<std::string> words;
  while (words.size() < words_count) {
    std::string word;
    for (std::size_t syllables = 1 + stream.below(3); syllables > 0; --syllables) {
      word += consonants[stream.below(consonants.size())];
      word += vowels[stream.below(vowels.size())];
    }
    if (known.insert(word).second) words.push_back(word);
  }
  return words;
}

std::vector<std::size_t> draw_distinct(Stream& stream, std::size_t count) {
  std::vector<std::size_t> drawn;
  while (drawn.size() < count) {
    const std::size_t word = stream.below(words_count);
    if (std::find(drawn.begin(), drawn.end(), word) == drawn.end()) drawn.push_back(word);
  }
  return drawn;
}

void add_chance(Choices& choices, std::size_t word, double chance) {
  const auto known = std::find_if(choices.begin(), choices.end(),
                                  [&](const Choice& choice) { return choice.word == word; });
  if (known != choices.end()) {
    known->chance += chance;
  } else {
    choices.push_back({word, chance});
  }
}

/// The language: its words, and what each speaker says after each of them.
class Language {
 public:
  explicit Language(Stream& stream) : words_(draw_words(stream)) {
    std::vector<Choices> followers(words_count + 1);
    double weights = 0;
    for (std::size_t rank = 1; rank <= followers_count; ++rank) {
      weights += 1.0 / static_cast<double>(rank);
    }
    for (Choices& choices : followers) {
      double rank = 1;
      for (const std::size_t word : draw_distinct(stream, followers_count)) {
        choices.push_back({word, follow_chance / (rank++ * weights)});
      }
    }
    for (auto& says : says_) {
      says = followers;
      for (const std::size_t favorite : draw_distinct(stream, favorites_count)) {
        for (Choices& choices : says) {
          add_chance(choices, favorite, (1 - follow_chance) / static_cast<double>(favorites_count));
        }
      }
    }
  }

  [[nodiscard]] const std::string& word(std::size_t number) const { return words_[number]; }
  [[nodiscard]] const Choices& after(std::size_t speaker, std::size_t word) const {
    return says_[speaker][word];
  }

  /// Entropy of a speech by its expected length (renewal reward: speeches are independent).
  [[nodiscard]] double entropy_rate() const {
    constexpr double sentences = 1 / speech_end_chance;
    double entropy = 0;
    double length = 0;
    for (std::size_t speaker = 0; speaker < speakers.size(); ++speaker) {
      const Means sentence = means_of_sentence(speaker);
      entropy += std::log(static_cast<double>(speakers.size())) +
                 sentences * (sentence.entropy + entropy_of_coin(speech_end_chance));
      // "NAME:\n" in front and "\n" behind.
      length += static_cast<double>(speakers[speaker].size() + 3) + sentences * sentence.length;
    }
    return entropy / length;
  }

 private:
  struct Means {
    double entropy = 0;  ///< nats
    double length = 0;   ///< characters
  };

  [[nodiscard]] Means means_of_sentence(std::size_t speaker) const {
    constexpr int longest = 200;  // 0.8^200 of all sentences are longer
    Means means{entropy_of(after(speaker, opening)), 1};
    std::vector<double> chances(words_count);  // that a sentence has this word in this place
    for (const auto& [word, chance] : after(speaker, opening)) chances[word] = chance;
    for (int place = 0; place < longest; ++place) {
      std::vector<double> next(words_count);
      for (std::size_t word = 0; word < words_count; ++word) {
        const double goes_on = chances[word] * (1 - sentence_end_chance);
        // A blank or a full stop behind it; the newline was counted above.
        means.length += chances[word] * static_cast<double>(words_[word].size() + 1);
        means.entropy += chances[word] * entropy_of_coin(sentence_end_chance) +
                         goes_on * entropy_of(after(speaker, word));
        for (const auto& [following, chance] : after(speaker, word)) {
          next[following] += goes_on * chance;
        }
      }
      chances = std::move(next);
    }
    return means;
  }

  std::vector<std::string> words_;
  std::array<std::vector<Choices>, speakers.size()> says_;
};

/// Draws speeches and adds up what their draws tell.
class Author {
 public:
  Author(const Language& language, Stream& stream) : language_(language), stream_(stream) {}

  void add_speech(std::string& text) {
    const std::size_t speaker = stream_.below(speakers.size());
    information_ += std::log(static_cast<double>(speakers.size()));
    text.append(speakers[speaker]).append(":\n");
    do {
      add_sentence(text, speaker);
    } while (!happens(speech_end_chance));
    text += '\n';
  }

  [[nodiscard]] double information() const { return information_; }

 private:
  void add_sentence(std::string& text, std::size_t speaker) {
    std::size_t word = choose(language_.after(speaker, opening));
    text += language_.word(word);
    while (!happens(sentence_end_chance)) {
      word = choose(language_.after(speaker, word));
      text.append(" ").append(language_.word(word));
    }
    text += ".\n";
  }

  std::size_t choose(const Choices& choices) {
    double point = stream_.uniform();
    const Choice* chosen = &choices.back();  // where rounding leads past the end
    for (const Choice& choice : choices) {
      point -= choice.chance;
      if (point >= 0) continue;
      chosen = &choice;
      break;
    }
    information_ -= std::log(chosen->chance);
    return chosen->word;
  }

  bool happens(double chance) {
    const bool yes = stream_.uniform() < chance;
    information_ -= std::log(yes ? chance : 1 - chance);
    return yes;
  }

  const Language& language_;
  Stream& stream_;
  double information_ = 0;
};

constexpr std::array<std::string_view, 12> praise = {"good",     "great",  "lovely",    "bright",
                                                     "clever",   "warm",   "fine",      "funny",
                                                     "charming", "honest", "brilliant", "moving"};
constexpr std::array<std::string_view, 12> blame = {"bad",   "awful", "dull",   "cold",
                                                    "weak",  "sad",   "tired",  "ugly",
                                                    "empty", "false", "boring", "clumsy"};
constexpr std::array<std::string_view, 2> turns = {"not", "never"};
constexpr std::array<std::string_view, 24> fillers = {
    "the",   "a",      "film",  "story", "its",    "cast",   "plot", "and",
    "scene", "with",   "music", "this",  "ending", "actors", "of",   "one",
    "to",    "screen", "in",    "we",    "see",    "hour",   "or",   "camera"};

std::string_view any_of(Stream& stream, std::span<const std::string_view> words) {
  return words[stream.below(words.size())];
}

}  // namespace

SyntheticText make_synthetic_text(std::size_t characters, Stream stream) {
  const Language language(stream);
  Author author(language, stream);
  SyntheticText made;
  do {
    author.add_speech(made.text);
  } while (made.text.size() < characters);
  made.entropy_rate = language.entropy_rate();
  made.information_rate = author.information() / static_cast<double>(made.text.size());
  made.text.resize(characters);
  return made;
}

SentenceSet make_synthetic_sentiment(std::size_t count, Stream stream) {
  SentenceSet set;
  set.name = "synthetic-sentiment";
  set.classes = 2;
  for (std::size_t sentence = 0; sentence < count; ++sentence) {
    const std::size_t opinions = 1 + 2 * stream.below(3);
    std::vector<std::string> phrases;
    std::size_t praised = 0;
    for (std::size_t k = 0; k < opinions; ++k) {
      const bool praises = stream.below(2) == 1;
      const bool turned = stream.below(4) == 0;
      praised += praises ? 1 : 0;
      std::string phrase;
      if (turned) phrase.append(any_of(stream, turns)).append(" ");
      phrases.push_back(phrase.append(any_of(stream, praises != turned ? praise : blame)));
    }
    for (std::size_t k = 2 + stream.below(6); k > 0; --k) {
      phrases.emplace_back(any_of(stream, fillers));
    }
    shuffle(stream, std::span(phrases));
    std::string text;
    for (const std::string& phrase : phrases) text.append(text.empty() ? "" : " ").append(phrase);
    set.first.push_back(std::move(text));
    set.labels.push_back(2 * praised > opinions ? 1 : 0);
  }
  return set;
}

}  // namespace tailrace::data
