#include "tailrace/neural/sentence_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace tailrace::neural {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Tokens = std::vector<std::int64_t>;

/// a is 4, b is 5.
data::WordPiece tokenizer() {
  return data::WordPiece(
      data::Vocabulary::from({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b"}, "pieces").value());
}

Batch batch_of(const Samples& samples, std::vector<std::uint32_t> numbers) {
  Batch batch;
  samples.fill(numbers, nullptr, batch);
  return batch;
}

/// A folder below the temporary one that ends with the test.
class SentenceFolder : public ::testing::Test {
 protected:
  SentenceFolder() { fs::create_directories(folder_); }
  ~SentenceFolder() override { fs::remove_all(folder_.parent_path()); }

  void write(const std::string& file, const std::string& text) const {
    std::ofstream(folder_ / file) << text;
  }

  fs::path folder_ = fs::path(::testing::TempDir()) /
                     ("tailrace_sentences_test_" + std::to_string(getpid())) / "RTE";
};

TEST(SentenceSamples, PadABatchToItsLongestSampleOfTheGivenNumbersInTheirOrder) {
  data::SentenceSet set{.name = "set", .first = {"a", "a b a", "b"}, .labels = {0, 1, 1}};
  set.classes = 2;
  const SharedSamples samples = encode_sentences(set, tokenizer(), 16);

  const Batch batch = batch_of(*samples, {1, 0});

  EXPECT_EQ(batch.count, 2u);
  EXPECT_EQ(batch.length, 5u);
  EXPECT_EQ(batch.tokens, (Tokens{2, 4, 5, 4, 3, 2, 4, 3, 0, 0}));
  EXPECT_THAT(batch.lengths, ElementsAre(5, 3));
  EXPECT_THAT(batch.classes, ElementsAre(1, 0));
  EXPECT_THAT(batch.segments, IsEmpty());
  EXPECT_THAT(batch.targets, IsEmpty());
}

TEST(SentenceSamples, MarkTheSecondSentenceOfAPairAndNotItsPadding) {
  data::SentenceSet set{
      .name = "set", .first = {"a", "a a"}, .second = {"b", "b"}, .scores = {2.5f, 5.0f}};
  const SharedSamples samples = encode_sentences(set, tokenizer(), 16);

  const Batch batch = batch_of(*samples, {0, 1});

  EXPECT_EQ(batch.tokens, (Tokens{2, 4, 3, 5, 3, 0, 2, 4, 4, 3, 5, 3}));
  EXPECT_EQ(batch.segments, (Tokens{0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1}));
  EXPECT_THAT(batch.targets, ElementsAre(2.5f, 5.0f));
  EXPECT_THAT(batch.classes, IsEmpty());
}

TEST(SentenceSamples, AreTheSameInABatchThatWasFilledBefore) {
  data::SentenceSet set{.name = "set", .first = {"a", "a b a"}, .labels = {0, 1}};
  set.classes = 2;
  const SharedSamples samples = encode_sentences(set, tokenizer(), 16);
  Batch batch = batch_of(*samples, {1, 1, 1});

  samples->fill(std::vector<std::uint32_t>{0}, nullptr, batch);

  EXPECT_EQ(batch.tokens, (Tokens{2, 4, 3}));
  EXPECT_THAT(batch.lengths, ElementsAre(3));
  EXPECT_THAT(batch.classes, ElementsAre(0));
}

TEST(SentenceSamples, HaveTheShapeOfTheirTask) {
  data::SentenceSet classes{.name = "set", .first = {"a"}, .labels = {2}};
  classes.classes = 3;
  const data::SentenceSet scores{.name = "set", .first = {"a"}, .second = {"b"}, .scores = {1}};

  const TaskShape three = encode_sentences(classes, tokenizer(), 7)->shape();
  const TaskShape one = encode_sentences(scores, tokenizer(), 7)->shape();

  EXPECT_EQ(three.input, Input::tokens);
  EXPECT_THAT(three.sample, ElementsAre(7));
  EXPECT_EQ(three.vocabulary, 6u);
  EXPECT_EQ(three.outputs, 3u);
  EXPECT_EQ(three.loss, Loss::classes);
  EXPECT_EQ(one.outputs, 1u);
  EXPECT_EQ(one.loss, Loss::squared_error);
}

TEST(OpenSentences, MakesUpReviewsAndLearnsTheirWords) {
  const SentenceData made = open_sentences("synthetic-sentiment", {.count = 500}, 1).value();

  EXPECT_EQ(made.train->count(), 500u);
  EXPECT_EQ(made.test->count(), 1000u);
  EXPECT_EQ(made.train->labels().size(), 500u);
  EXPECT_THAT(made.train->groups(), IsEmpty());
  EXPECT_THAT(made.scores, ElementsAre(Score::accuracy));
  EXPECT_THAT(made.train->describe(), HasSubstr("synthetic-sentiment, 500 sentences in 2 classes"));
  EXPECT_NE(made.tokenizer->vocabulary().number_of("brilliant"), data::Vocabulary::none);
}

TEST(OpenSentences, TakesAMainScoreFromTheTask) {
  EXPECT_THAT(scores_of(data::GlueTask::cola), ElementsAre(Score::matthews));
  EXPECT_THAT(scores_of(data::GlueTask::mrpc), ElementsAre(Score::f1, Score::accuracy));
  EXPECT_THAT(scores_of(data::GlueTask::sts_b), ElementsAre(Score::pearson, Score::spearman));
  EXPECT_THAT(scores_of(data::GlueTask::rte), ElementsAre(Score::accuracy));
}

TEST_F(SentenceFolder, IsReadByTheTaskItIsNamedAfterWithAVocabularyFile) {
  const std::string header = "index\tsentence1\tsentence2\tlabel\n";
  std::string rows;
  for (int row = 0; row < 10; ++row) {
    rows += "0\ta\tb\t" + std::string(row < 5 ? "entailment\n" : "not_entailment\n");
  }
  write("train.tsv", header + rows);
  write("dev.tsv", header + "0\ta\tzzz\tentailment\n");
  write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\n");

  const SentenceData opened =
      open_sentences(folder_.string() + "/",
                     {.vocabulary = (folder_ / "vocab.txt").string(), .count = 4}, 1)
          .value();

  EXPECT_THAT(opened.train->labels(), ElementsAre(0, 0, 1, 1));  // evenly spaced
  EXPECT_EQ(batch_of(*opened.test, {0}).tokens, (Tokens{2, 4, 3, 1, 3}));
}

TEST_F(SentenceFolder, SaysWhatIsWrongWithIt) {
  write("train.tsv", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tperhaps\n");

  const auto label = open_sentences(folder_.string(), {}, 1);
  const auto name = open_sentences("some-set", {}, 1);

  EXPECT_EQ(label.error().front().code, "data/labels");
  EXPECT_EQ(name.error().front().what, "no set of sentences is called \"some-set\"");
}

TEST(OpenSentences, ReadsThePublicFiles) {
  const char* set = std::getenv("TAILRACE_DATA");
  const fs::path folder =
      fs::path(set != nullptr ? set : TAILRACE_SOURCE_DIR "/../shared/data") / "glue" / "RTE";
  if (!fs::exists(folder)) GTEST_SKIP() << "no " << folder << ": set TAILRACE_DATA";

  const SentenceData rte = open_sentences(folder.string(), {.length_max = 64}, 1).value();
  const Batch batch = batch_of(*rte.train, {0, 1, 2, 3});

  EXPECT_EQ(rte.train->count(), 2490u);
  EXPECT_LE(batch.length, 64u);
  EXPECT_EQ(batch.segments.size(), 4 * batch.length);
  EXPECT_THAT(rte.train->describe(), HasSubstr("RTE, 2,490 pairs in 2 classes"));
}

}  // namespace
}  // namespace tailrace::neural
