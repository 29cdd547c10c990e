#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/data/glue.hpp"
#include "tailrace/data/wordpiece.hpp"
#include "tailrace/neural/samples.hpp"
#include "tailrace/neural/scores.hpp"

namespace tailrace::neural {

/// How sentences become tokens, and how many of them there are.
struct SentenceOptions {
  std::string vocabulary = {};
  std::uint32_t pieces = 4000;
  bool lower_case = true;
  std::uint32_t length_max = 128;
  std::uint32_t count = 0;
  bool mismatched = false;

  static void fields(auto& self, auto&& field) {
    field("vocabulary", self.vocabulary,
          Field{.doc = "a WordPiece vocabulary such as BERT's vocab.txt; empty: learned from the "
                       "training texts"});
    field("pieces", self.pieces,
          Field{.unit = "pieces",
                .min = 16,
                .max = 1e6,
                .doc = "of a learned vocabulary, the five special ones included"});
    field("lower_case", self.lower_case,
          Field{.doc = "lower case without accents, as uncased vocabularies want it"});
    field("length_max", self.length_max,
          Field{.unit = "tokens", .min = 3, .max = 65536, .doc = "longer samples lose their ends"});
    field("count", self.count,
          Field{.unit = "samples", .doc = "evenly spaced training samples to take; 0: all"});
    field("mismatched", self.mismatched,
          Field{.doc = "MNLI: test on other sources than those trained on"});
  }
};

/// A task on sentences, ready to train on.
struct SentenceData {
  SharedSamples train;
  SharedSamples test;
  std::vector<Score> scores;  ///< what the task is judged by, the main one first
  std::shared_ptr<const data::WordPiece> tokenizer;
};

/// What GLUE judges a task by: accuracy; for CoLA Matthews' correlation, for MRPC and QQP F1 and
/// accuracy, for STS-B the correlations of Pearson and Spearman.
[[nodiscard]] std::vector<Score> scores_of(data::GlueTask task);

/// Opens sentences by name: a task of GLUE ("sst-2", "rte", ...), a path to a folder named like
/// one, or "synthetic-sentiment" (10,000 training samples or `count`, and 1,000 to test on).
///
///   seed  of the synthetic sentences
///
/// Memory  the tokens, 4 bytes each; the texts only meanwhile.
/// Errors  data/not-found; those of read_glue(), Vocabulary::read() and learn_vocabulary().
[[nodiscard]] Result<SentenceData> open_sentences(const std::string& name,
                                                  const SentenceOptions& options,
                                                  std::uint64_t seed);

/// The samples of a set: tokens with [CLS] and [SEP], segments where there are pairs, and a class
/// or a score each (Loss::classes, or Loss::squared_error with one output). A batch is padded to
/// its longest sample with 0, whatever the number of [PAD]: `lengths` says where the padding is.
[[nodiscard]] SharedSamples encode_sentences(const data::SentenceSet& set,
                                             const data::WordPiece& tokenizer,
                                             std::size_t length_max);

}  // namespace tailrace::neural
