#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tailrace/core/random.hpp"
#include "tailrace/data/glue.hpp"

namespace tailrace::data {

/// A play in a language of our own, for tests and trials without a download: there is something to
/// learn at every scale, and what the best model can reach is known.
///
///     play    =  { NAME ":\n" sentence { sentence } "\n" }     NAME one of 8, all alike
///     sentence = word { " " word } ".\n"                       5 words on average
///
/// The next word depends on the word before and on who speaks: with chance 0.8 it is one of 6
/// words that follow the word before (chances 1/1 to 1/6, scaled), otherwise one of 5 favorites of
/// the speaker (alike). A sentence ends after a word with chance 1/5, a speech after a sentence
/// with chance 1/3. Words, followers and favorites are drawn from the stream.
///
///   text              ASCII, as many characters as wanted; the last speech is cut there
///   entropy_rate      nats a character  what a perfect model pays in the long run: since the draws
///                     can be read off the text, the entropy of a speech divided by its expected
///                     length. The best perplexity is exp(entropy_rate); a model that does not see
///                     who speaks stays above it.
///   information_rate  nats a character  -log Pr[all draws] divided by the characters they gave,
///                     which is what the perfect model pays on this very text
///
/// Cost    about 30 ns a character.
/// Source  ours.
struct SyntheticText {
  std::string text;
  double entropy_rate = 0;
  double information_rate = 0;
};
[[nodiscard]] SyntheticText make_synthetic_text(std::size_t characters, Stream stream);

/// Made-up reviews with a class of 0 (negative) or 1 (positive): 3 to 17 words, of which 1, 3 or 5
/// carry an opinion and the others none. One opinion in four comes behind "not" or "never", which
/// turns it around. The class is that of most opinions, so a model that counts opinions and does
/// not see what is turned errs in two reviews in seven.
///
/// The stream decides all; classes are alike on average. Source  ours.
[[nodiscard]] SentenceSet make_synthetic_sentiment(std::size_t count, Stream stream);

}  // namespace tailrace::data
