#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "tailrace/core/result.hpp"
#include "tailrace/data/vocabulary.hpp"
#include "tailrace/data/wordpiece.hpp"

namespace tailrace::data {

/// Learns a vocabulary from texts, for when no published one is at hand: begins with the characters
/// and joins, again and again, the two neighboring pieces that occur together most often.
///
///     pieces  =  [PAD] [UNK] [CLS] [SEP] [MASK], characters, "##" characters, joined pieces in the
///                order in which they were made
///     next    =  argmax over neighbors (a, b) of the sum of count(word) count(a b in word)
///
///   pieces_max  all pieces  [1]  characters take at most half of them: the most frequent stay, and
///               a word with another one is left out and will be [UNK]
///
/// Ends early when no two neighbors occur together twice. Equal counts: the pair whose left, then
/// whose right piece is older. The same texts in any order give the same vocabulary.
///
/// Cost    one pass over the texts and a sort of their words; about half a second for 67,000
///         sentences and 4,000 pieces. Memory: the different words.
/// Errors  data/empty when the texts have no word; data/too-few-pieces below 16.
/// Source  Sennrich, Haddow, Birch: Neural machine translation of rare words with subword units,
///         ACL 2016 (the joining by count). BERT's own learner was never published.
[[nodiscard]] Result<Vocabulary> learn_vocabulary(std::span<const std::string> texts,
                                                  std::size_t pieces_max,
                                                  const WordPieceOptions& options = {});

}  // namespace tailrace::data
