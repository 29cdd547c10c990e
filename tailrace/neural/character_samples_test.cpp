#include "tailrace/neural/character_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace tailrace::neural {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CharacterData cut(std::u32string text, const CharacterOptions& options) {
  Result<CharacterData> made = cut_characters({"text", std::move(text)}, options);
  if (!made) {
    ADD_FAILURE() << to_string(made.error());
    return {};
  }
  return *made;
}

Batch batch_of(const Samples& samples, std::vector<std::uint32_t> numbers) {
  Batch batch;
  samples.fill(numbers, nullptr, batch);
  return batch;
}

TEST(CharacterSamples, AskForTheNextCharacterOfEachWindow) {
  // a b c d are 1 2 3 4.
  const CharacterData made = cut(U"abcdabcd", {.length = 3, .test_share = 0});

  const Batch batch = batch_of(*made.train, {1, 0});

  EXPECT_EQ(made.train->count(), 2u);  // abc -> bcd, dab -> abc; "cd" is too short
  EXPECT_EQ(batch.length, 3u);
  EXPECT_THAT(batch.tokens, ElementsAre(4, 1, 2, 1, 2, 3));
  EXPECT_THAT(batch.classes, ElementsAre(1, 2, 3, 2, 3, 4));
  EXPECT_THAT(batch.lengths, IsEmpty());
  EXPECT_EQ(made.test, nullptr);
}

TEST(CharacterSamples, UseTheTextUpToItsLastCharacter) {
  EXPECT_EQ(cut(U"abcabcx", {.length = 3, .test_share = 0}).train->count(), 2u);
  EXPECT_EQ(cut(U"abcabc", {.length = 3, .test_share = 0}).train->count(), 1u);
  EXPECT_EQ(cut(U"abcdef", {.length = 3, .stride = 1, .test_share = 0}).train->count(), 3u);
}

TEST(CharacterSamples, HaveTheShapeOfALanguageModel) {
  const TaskShape shape = cut(U"abcabc", {.length = 2, .test_share = 0}).train->shape();

  EXPECT_EQ(shape.loss, Loss::next_token);
  EXPECT_THAT(shape.sample, ElementsAre(2));
  EXPECT_EQ(shape.vocabulary, 4u);  // a, b, c and the unknown one
  EXPECT_EQ(shape.outputs, 4u);
}

TEST(CharacterSamples, TestOnTheEndOfTheTextWithoutCountingCharactersNobodyCouldLearn) {
  // The last quarter is "axb"; x does not occur before.
  const CharacterData made = cut(U"aabbaabbaaxb", {.length = 2, .test_share = 0.25});

  const Batch batch = batch_of(*made.test, {0});

  EXPECT_EQ(made.vocabulary, 3u);
  EXPECT_THAT(batch.tokens, ElementsAre(1, 0));
  EXPECT_THAT(batch.classes, ElementsAre(-100, 2));
  EXPECT_THAT(made.test->describe(),
              HasSubstr("; not counted, since the training part lacks them: 1"));
}

TEST(CharacterSamples, BelongToThePartOfTheirMiddleCharacter) {
  //                       line 0    line 1
  const CharacterData made = cut(U"aaaa\nbbbbbb\n", {.length = 3, .test_share = 0});

  // Windows aaa, a n b, bbb have the middles a, n and b; "bb n" has no next character.
  EXPECT_THAT(made.train->groups(), ElementsAre(0, 0, 1));
  EXPECT_THAT(made.train->labels(), IsEmpty());
}

TEST(CharacterSamples, KeepSpeakersApartInBothParts) {
  const CharacterData made =
      cut(U"A:\naaa\n\nB:\nbbb\n\nA:\nccc\n\nB:\nddd\n",
          {.length = 4, .test_share = 0.5, .groups = data::TextPart::speaker});

  EXPECT_THAT(made.train->groups(), ElementsAre(0, 0, 1));
  EXPECT_THAT(made.test->groups(), ElementsAre(0, 0, 1));
}

TEST(CharacterSamples, NeedATextThatIsLongEnough) {
  const auto error_of = [](std::u32string text, const CharacterOptions& options) {
    return cut_characters({"text", std::move(text)}, options).error().front();
  };
  EXPECT_EQ(error_of(U"abc", {.length = 3, .test_share = 0}).code, "data/too-short");
  EXPECT_EQ(error_of(U"abcdefgh", {.length = 3, .test_share = 0.1}).code, "data/too-short");
  EXPECT_EQ(error_of(U"abcdefgh", {.length = 3, .test_share = 0, .characters = 3}).code,
            "data/too-short");
}

TEST(OpenCharacters, MakesUpAPlayWithSpeakers) {
  const CharacterOptions options{.groups = data::TextPart::speaker, .characters = 20'000};

  const CharacterData made = open_characters("synthetic-text", options, 1).value();
  const CharacterData again = open_characters("synthetic-text", options, 1).value();

  EXPECT_EQ(made.train->count(), (18'000u - 1) / 80);
  EXPECT_EQ(made.test->count(), (2'000u - 1) / 80);
  EXPECT_EQ(batch_of(*made.train, {7}).tokens, batch_of(*again.train, {7}).tokens);
  EXPECT_THAT(made.train->describe(), HasSubstr("synthetic-text, 224 windows of 80 characters"));
}

TEST(OpenCharacters, ReadsAFileAndRefusesOneThatIsNotText) {
  const std::filesystem::path path =
      std::filesystem::path(::testing::TempDir()) / "tailrace_character_samples_test.txt";
  std::ofstream(path) << "abababababab";
  const auto read = open_characters(path.string(), {.length = 2, .test_share = 0}, 1);
  std::ofstream(path) << "ab\xFF";
  const auto broken = open_characters(path.string(), {}, 1);
  std::filesystem::remove(path);
  const auto missing = open_characters(path.string(), {}, 1);

  EXPECT_EQ(read.value().train->count(), 5u);
  EXPECT_EQ(broken.error().front().code, "data/not-utf8");
  EXPECT_EQ(missing.error().front().code, "data/not-found");
}

}  // namespace
}  // namespace tailrace::neural
