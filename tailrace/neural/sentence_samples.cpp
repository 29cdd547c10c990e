#include "tailrace/neural/sentence_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

#include "tailrace/core/commas.hpp"
#include "tailrace/data/locate.hpp"
#include "tailrace/data/synthetic_text.hpp"
#include "tailrace/data/wordpiece_training.hpp"
#include "tailrace/neural/course.hpp"

namespace tailrace::neural {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view synthetic = "synthetic-sentiment";
constexpr std::size_t synthetic_train = 10'000;
constexpr std::size_t synthetic_test = 1'000;

class SentenceSamples : public Samples {
 public:
  SentenceSamples(const data::SentenceSet& set, const data::WordPiece& tokenizer,
                  std::size_t length_max)
      : name_(set.name),
        skipped_(set.skipped),
        labels_(set.labels),
        scores_(set.scores),
        pairs_(set.has_pairs()) {
    shape_ = {.input = Input::tokens,
              .sample = {length_max},
              .vocabulary = tokenizer.vocabulary().size(),
              .outputs = set.classes > 0 ? set.classes : 1,
              .loss = set.classes > 0 ? Loss::classes : Loss::squared_error};
    begins_.reserve(set.count() + 1);
    first_parts_.reserve(set.count());
    for (std::size_t s = 0; s < set.count(); ++s) {
      std::optional<std::string_view> second;
      if (pairs_) second = set.second[s];
      const data::EncodedText encoded = tokenizer.encode(set.first[s], second, length_max);
      tokens_.insert(tokens_.end(), encoded.tokens.begin(), encoded.tokens.end());
      begins_.push_back(tokens_.size());
      first_parts_.push_back(static_cast<std::uint32_t>(encoded.first_part));
    }
    tokens_.shrink_to_fit();
  }

  [[nodiscard]] const TaskShape& shape() const override { return shape_; }
  [[nodiscard]] std::size_t count() const override { return first_parts_.size(); }
  [[nodiscard]] std::span<const std::int32_t> labels() const override { return labels_; }

  void fill(std::span<const std::uint32_t> numbers, Stream*, Batch& out) const override {
    out.count = numbers.size();
    out.length = 0;
    for (const std::uint32_t s : numbers) out.length = std::max(out.length, tokens_of(s).size());
    out.values.clear();
    out.classes.clear();
    out.targets.clear();
    out.lengths.clear();
    out.tokens.assign(out.count * out.length, 0);
    out.segments.assign(pairs_ ? out.count * out.length : 0, 0);
    for (std::size_t row = 0; row < numbers.size(); ++row) {
      const std::uint32_t s = numbers[row];
      const std::span<const std::uint32_t> tokens = tokens_of(s);
      const auto begin = static_cast<std::ptrdiff_t>(row * out.length);
      const auto length = static_cast<std::ptrdiff_t>(tokens.size());
      std::copy(tokens.begin(), tokens.end(), out.tokens.begin() + begin);
      if (pairs_) {
        std::fill(out.segments.begin() + begin + first_parts_[s],
                  out.segments.begin() + begin + length, 1);
      }
      out.lengths.push_back(length);
      if (scores_.empty()) {
        out.classes.push_back(labels_[s]);
      } else {
        out.targets.push_back(scores_[s]);
      }
    }
  }

  [[nodiscard]] std::string describe() const override {
    std::string text =
        fmt::format("{}, {} {}", name_, with_commas(count()), pairs_ ? "pairs" : "sentences");
    text += scores_.empty() ? fmt::format(" in {} classes", shape_.outputs) : " with scores";
    text += fmt::format(", {} tokens on average",
                        count() == 0 ? 0 : (tokens_.size() + count() / 2) / count());
    if (skipped_ > 0) text += fmt::format("; {} malformed rows skipped", with_commas(skipped_));
    return text;
  }

 private:
  [[nodiscard]] std::span<const std::uint32_t> tokens_of(std::uint32_t s) const {
    return std::span(tokens_).subspan(begins_[s], begins_[s + 1] - begins_[s]);
  }

  TaskShape shape_;
  std::string name_;
  std::size_t skipped_;
  std::vector<std::int32_t> labels_;
  std::vector<float> scores_;
  bool pairs_;
  std::vector<std::uint32_t> tokens_;       ///< of all samples, one after another
  std::vector<std::size_t> begins_ = {0};   ///< (count + 1)
  std::vector<std::uint32_t> first_parts_;  ///< (count) tokens of segment 0
};

/// The samples of these numbers alone.
void keep(data::SentenceSet& set, std::span<const std::uint32_t> numbers) {
  const auto keep_in = [&](auto& values) {
    if (values.empty()) return;
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      if (numbers[k] != k) values[k] = std::move(values[numbers[k]]);
    }
    values.resize(numbers.size());
  };
  keep_in(set.first);
  keep_in(set.second);
  keep_in(set.labels);
  keep_in(set.scores);
}

struct Parts {
  data::SentenceSet train;
  data::SentenceSet test;
  std::vector<Score> scores;
};

/// "SST-2" of "data/glue/SST-2/".
std::string last_name(const std::string& path) {
  const fs::path normal = (fs::path(path) / "").parent_path();
  return normal.filename().string();
}

Result<Parts> read_parts(const std::string& name, const SentenceOptions& options,
                         std::uint64_t seed) {
  if (name == synthetic) {
    return Parts{data::make_synthetic_sentiment(options.count > 0 ? options.count : synthetic_train,
                                                Stream(seed, Purpose::data, 0)),
                 data::make_synthetic_sentiment(synthetic_test, Stream(seed, Purpose::data, 1)),
                 {Score::accuracy}};
  }
  const std::optional<data::GlueTask> task = data::find_glue_task(last_name(name));
  if (!task) {
    return fail({"data/not-found", fmt::format("no set of sentences is called \"{}\"", name), "",
                 "choose cola, sst-2, mrpc, qqp, sts-b, mnli, qnli, rte or synthetic-sentiment, or "
                 "give a folder whose name is one of them"});
  }
  const Result<fs::path> folder = data::locate_folder(name);
  if (!folder) return fail(folder.error());
  Result<data::SentenceSet> train = read_glue(*folder, *task, data::GluePart::train);
  if (!train) return fail(train.error());
  Result<data::SentenceSet> test = read_glue(
      *folder, *task, options.mismatched ? data::GluePart::test_mismatched : data::GluePart::test);
  if (!test) return fail(test.error());
  keep(*train, evenly(train->count(), options.count));
  return Parts{std::move(*train), std::move(*test), scores_of(*task)};
}

Result<data::Vocabulary> vocabulary_for(const data::SentenceSet& set,
                                        const SentenceOptions& options) {
  if (!options.vocabulary.empty()) return data::Vocabulary::read(options.vocabulary);
  const data::WordPieceOptions words{.lower_case = options.lower_case};
  if (!set.has_pairs()) return data::learn_vocabulary(set.first, options.pieces, words);
  std::vector<std::string> texts = set.first;
  texts.insert(texts.end(), set.second.begin(), set.second.end());
  return data::learn_vocabulary(texts, options.pieces, words);
}

}  // namespace

std::vector<Score> scores_of(data::GlueTask task) {
  switch (task) {
    case data::GlueTask::cola:
      return {Score::matthews};
    case data::GlueTask::mrpc:
    case data::GlueTask::qqp:
      return {Score::f1, Score::accuracy};
    case data::GlueTask::sts_b:
      return {Score::pearson, Score::spearman};
    case data::GlueTask::sst_2:
    case data::GlueTask::mnli:
    case data::GlueTask::qnli:
    case data::GlueTask::rte:
      break;
  }
  return {Score::accuracy};
}

Result<SentenceData> open_sentences(const std::string& name, const SentenceOptions& options,
                                    std::uint64_t seed) {
  Result<Parts> parts = read_parts(name, options, seed);
  if (!parts) return fail(parts.error());
  Result<data::Vocabulary> vocabulary = vocabulary_for(parts->train, options);
  if (!vocabulary) return fail(vocabulary.error());
  const auto tokenizer = std::make_shared<const data::WordPiece>(
      std::move(*vocabulary), data::WordPieceOptions{.lower_case = options.lower_case});
  return SentenceData{encode_sentences(parts->train, *tokenizer, options.length_max),
                      encode_sentences(parts->test, *tokenizer, options.length_max),
                      std::move(parts->scores), tokenizer};
}

SharedSamples encode_sentences(const data::SentenceSet& set, const data::WordPiece& tokenizer,
                               std::size_t length_max) {
  return std::make_shared<const SentenceSamples>(set, tokenizer, length_max);
}

}  // namespace tailrace::neural
