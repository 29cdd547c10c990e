#include "tailrace/data/glue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace tailrace::data {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SentenceSet parse(std::string_view bytes, GlueTask task) {
  Result<SentenceSet> set = parse_glue(bytes, "file", task);
  if (!set) {
    ADD_FAILURE() << to_string(set.error());
    return {};
  }
  return *set;
}

Error error_of(std::string_view bytes, GlueTask task) {
  const Result<SentenceSet> set = parse_glue(bytes, "file", task);
  if (set) {
    ADD_FAILURE() << "was read without an error";
    return {};
  }
  EXPECT_EQ(set.error().size(), 1u);
  return set.error().front();
}

TEST(Glue, ReadsSingleSentencesWithClasses) {
  const SentenceSet set = parse("sentence\tlabel\na \"good film\t1\nbad .\t0\n", GlueTask::sst_2);

  EXPECT_EQ(set.name, "SST-2");
  EXPECT_THAT(set.first, ElementsAre("a \"good film", "bad ."));
  EXPECT_THAT(set.second, IsEmpty());
  EXPECT_THAT(set.labels, ElementsAre(1, 0));
  EXPECT_EQ(set.classes, 2u);
}

TEST(Glue, ReadsColaWithoutAHeader) {
  const SentenceSet set =
      parse("gj04\t1\t\tThe boat sank.\nks08\t0\t*\tSank boat.\n", GlueTask::cola);

  EXPECT_THAT(set.first, ElementsAre("The boat sank.", "Sank boat."));
  EXPECT_THAT(set.labels, ElementsAre(1, 0));
}

TEST(Glue, FindsTheColumnsOfPairsByTheirNames) {
  const SentenceSet mrpc =
      parse("Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t7\t8\ta\tb\n", GlueTask::mrpc);
  const SentenceSet qqp = parse(
      "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n0\t1\t2\ta?\tb?\t1\n", GlueTask::qqp);
  const SentenceSet qnli =
      parse("index\tquestion\tsentence\tlabel\n0\ta?\tb\tnot_entailment\n", GlueTask::qnli);
  const SentenceSet rte =
      parse("index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n", GlueTask::rte);

  for (const SentenceSet& set : {mrpc, qqp, qnli, rte}) {
    EXPECT_EQ(set.first.front().front(), 'a') << set.name;
    EXPECT_EQ(set.second.front().front(), 'b') << set.name;
  }
  EXPECT_THAT(mrpc.labels, ElementsAre(1));
  EXPECT_THAT(qqp.labels, ElementsAre(1));
  EXPECT_THAT(qnli.labels, ElementsAre(1));
  EXPECT_THAT(rte.labels, ElementsAre(0));
}

TEST(Glue, ReadsTheGoldLabelOfMnli) {
  const SentenceSet set = parse(
      "index\tgenre\tsentence1\tsentence2\tlabel1\tgold_label\n"
      "0\tx\ta\tb\tneutral\tentailment\n1\tx\ta\tb\tneutral\tneutral\n"
      "2\tx\ta\tb\tneutral\tcontradiction\n",
      GlueTask::mnli);

  EXPECT_THAT(set.labels, ElementsAre(0, 1, 2));
  EXPECT_EQ(set.classes, 3u);
}

TEST(Glue, ReadsScoresOfStsB) {
  const SentenceSet set =
      parse("index\tsentence1\tsentence2\tscore\n0\ta\tb\t2.750\n1\ta\tb\t5\n", GlueTask::sts_b);

  EXPECT_THAT(set.scores, ElementsAre(2.75f, 5.0f));
  EXPECT_THAT(set.labels, IsEmpty());
  EXPECT_EQ(set.classes, 0u);
}

TEST(Glue, RefusesALabelOrScoreThatTheTaskDoesNotHave) {
  const Error label = error_of("sentence\tlabel\na\t1\nb\t2\n", GlueTask::sst_2);
  EXPECT_EQ(label.code, "data/labels");
  EXPECT_EQ(label.where, "file:3");
  EXPECT_EQ(label.what, "label \"2\" in column 2 is none of: 0, 1");
  for (const char* score : {"5.1", "-1", "nan", "inf", "1x", ""}) {
    const std::string text =
        std::string("index\tsentence1\tsentence2\tscore\n0\ta\tb\t") + score + "\n";
    EXPECT_EQ(error_of(text, GlueTask::sts_b).code, "data/labels") << score;
  }
}

TEST(Glue, RefusesRowsWithTooFewOrTooManyColumnsAndEmptyTexts) {
  EXPECT_EQ(error_of("sentence\tlabel\na 1\n", GlueTask::sst_2).what,
            "expected 2 columns, found 1");
  EXPECT_EQ(error_of("sentence\tlabel\na\tb\t1\n", GlueTask::sst_2).where, "file:2");
  EXPECT_EQ(error_of("sentence\tlabel\n \t1\n", GlueTask::sst_2).what, "column 1 is empty");
}

TEST(Glue, SkipsAndCountsOneMalformedRowInAHundredAndNotMore) {
  std::string text = "sentence\tlabel\n";
  for (int row = 0; row < 99; ++row) text += "good\t1\n";

  const SentenceSet set = parse(text + "cut\n", GlueTask::sst_2);
  const Error error = error_of(text + "cut\n\t1\n", GlueTask::sst_2);

  EXPECT_EQ(set.count(), 99u);
  EXPECT_EQ(set.labels.size(), 99u);
  EXPECT_EQ(set.skipped, 1u);
  EXPECT_EQ(error.where, "file:101");  // the first of the two
}

TEST(Glue, RefusesBytesThatAreNotUtf8) {
  const Error error = error_of("sentence\tlabel\nab\t1\na\xE9\t1\n", GlueTask::sst_2);

  EXPECT_EQ(error.code, "data/not-utf8");
  EXPECT_EQ(error.where, "file:3");
  EXPECT_EQ(error.what, "byte 2 of this line (0xe9) is not UTF-8");
}

TEST(Glue, RefusesEmptyFilesAndForeignHeaders) {
  EXPECT_EQ(error_of("", GlueTask::sst_2).code, "data/empty");
  EXPECT_EQ(error_of("sentence\tlabel\n", GlueTask::sst_2).code, "data/empty");
  EXPECT_EQ(error_of("text\tlabel\na\t1\n", GlueTask::sst_2).what,
            "the header has no column \"sentence\"");
}

TEST(Glue, FindsTasksByTheNamesPeopleUse) {
  EXPECT_EQ(find_glue_task("SST-2"), GlueTask::sst_2);
  EXPECT_EQ(find_glue_task("sts_b"), GlueTask::sts_b);
  EXPECT_EQ(find_glue_task("cifar-10"), std::nullopt);
}

TEST(Glue, ReadsTheFilesOfAFolder) {
  const fs::path folder = fs::path(::testing::TempDir()) / "tailrace_glue_test";
  fs::create_directories(folder);
  const char* header = "index\tsentence1\tsentence2\tgold_label\n";
  std::ofstream(folder / "dev_matched.tsv") << header << "0\tmatched\tb\tneutral\n";
  std::ofstream(folder / "dev_mismatched.tsv") << header << "0\tmismatched\tb\tneutral\n";

  const auto matched = read_glue(folder, GlueTask::mnli, GluePart::test);
  const auto mismatched = read_glue(folder, GlueTask::mnli, GluePart::test_mismatched);
  const auto missing = read_glue(folder, GlueTask::mnli, GluePart::train);
  fs::remove_all(folder);

  EXPECT_THAT(matched.value().first, ElementsAre("matched"));
  EXPECT_THAT(mismatched.value().first, ElementsAre("mismatched"));
  EXPECT_EQ(missing.error().front().what, "there is no train.tsv here");
}

TEST(Glue, ReadsThePublicFiles) {
  const char* set = std::getenv("TAILRACE_DATA");
  const fs::path folder =
      fs::path(set != nullptr ? set : TAILRACE_SOURCE_DIR "/../shared/data") / "glue";
  if (!fs::exists(folder)) GTEST_SKIP() << "no " << folder << ": set TAILRACE_DATA";

  const SentenceSet sst = read_glue(folder / "SST-2", GlueTask::sst_2, GluePart::train).value();
  const SentenceSet rte = read_glue(folder / "RTE", GlueTask::rte, GluePart::test).value();

  EXPECT_EQ(sst.count(), 67349u);
  EXPECT_EQ(sst.skipped, 0u);
  EXPECT_EQ(rte.count(), 277u);
  EXPECT_EQ(rte.second.size(), 277u);
}

}  // namespace
}  // namespace tailrace::data
