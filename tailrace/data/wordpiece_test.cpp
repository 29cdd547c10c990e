#include "tailrace/data/wordpiece.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tailrace/data/wordpiece_training.hpp"

namespace tailrace::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> words(std::string_view text, bool lower_case = true) {
  std::vector<std::string> read;
  for (WordReader reader(text, lower_case); reader.next();) read.emplace_back(reader.word());
  return read;
}

Vocabulary vocabulary(std::vector<std::string> pieces) {
  pieces.insert(pieces.begin(), {"[PAD]", "[UNK]", "[CLS]", "[SEP]"});
  return Vocabulary::from(std::move(pieces), "vocabulary").value();
}

std::vector<std::string> pieces(const WordPiece& tokenizer, std::string_view text) {
  std::vector<std::uint32_t> tokens;
  tokenizer.append(text, tokens);
  std::vector<std::string> read;
  for (const std::uint32_t token : tokens) read.push_back(tokenizer.vocabulary().piece(token));
  return read;
}

TEST(Words, EndAtBlanksAndStandAloneWhenTheyArePunctuation) {
  EXPECT_THAT(words("  Hello, world!\n"), ElementsAre("hello", ",", "world", "!"));
  EXPECT_THAT(words("don't..."), ElementsAre("don", "'", "t", ".", ".", "."));
  EXPECT_THAT(words("a\u00A0b\u3000c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(words(" \t\n"), IsEmpty());
}

TEST(Words, LoseTheirAccentsOnlyInLowerCase) {
  EXPECT_THAT(words("H\u00C9LLO"), ElementsAre("hello"));
  EXPECT_THAT(words("H\u00C9LLO", false), ElementsAre("H\u00C9LLO"));
}

TEST(Words, LoseControlsAndBytesThatAreNotUtf8) {
  EXPECT_THAT(words(std::string_view("a\0b\uFFFD c\xFF!", 10)), ElementsAre("ab", "c", "!"));
  EXPECT_THAT(words("\u0301 x"), ElementsAre("x"));  // an accent alone is no word
}

TEST(Words, AreSingleChineseCharacters) {
  EXPECT_THAT(words("ab\u4E2D\u6587cd"), ElementsAre("ab", "\u4E2D", "\u6587", "cd"));
}

TEST(Words, KeepNoSpecialTokenOfTheText) {
  EXPECT_THAT(words("[CLS] a"), ElementsAre("[", "cls", "]", "a"));
}

TEST(Words, BecomePunctuationWhereTheirPlainFormIs) {
  EXPECT_THAT(words("a\u037E"), ElementsAre("a", ";"));  // the Greek question mark
}

TEST(WordPiece, TakesTheLongestPieceFromTheFront) {
  const WordPiece without(vocabulary({"un", "##aff", "##able", "##a", "##ff"}));
  const WordPiece with(vocabulary({"un", "##aff", "##able", "##a", "##ff", "una"}));

  EXPECT_THAT(pieces(without, "unaffable"), ElementsAre("un", "##aff", "##able"));
  EXPECT_THAT(pieces(with, "unaffable"), ElementsAre("una", "##ff", "##able"));
}

TEST(WordPiece, DoesNotGoBackWhereTheLongestPieceLeadsNowhere) {
  const WordPiece tokenizer(vocabulary({"un", "##able", "una"}));

  EXPECT_THAT(pieces(tokenizer, "unable"), ElementsAre("[UNK]"));  // una, then no "##ble"
}

TEST(WordPiece, CutsBetweenCharactersNotBetweenBytes) {
  const WordPiece tokenizer(vocabulary({"\u00DF", "##\u00F8", "a"}));

  EXPECT_THAT(pieces(tokenizer, "\u00DF\u00F8 a\u00DF"),
              ElementsAre("\u00DF", "##\u00F8", "[UNK]"));
}

TEST(WordPiece, DoesNotKnowWordsBeyondTheLongest) {
  const WordPiece tokenizer(vocabulary({"a", "##a"}), {.word_characters_max = 3});

  EXPECT_THAT(pieces(tokenizer, "aaa aaaa"), ElementsAre("a", "##a", "##a", "[UNK]"));
}

TEST(WordPiece, PutsSpecialTokensAroundOneTextOrTwo) {
  const WordPiece tokenizer(vocabulary({"a", "b"}));  // a is 4, b is 5

  const EncodedText one = tokenizer.encode("a b", std::nullopt, 10);
  const EncodedText two = tokenizer.encode("a", "b b", 10);

  EXPECT_THAT(one.tokens, ElementsAre(2, 4, 5, 3));
  EXPECT_EQ(one.first_part, 4u);
  EXPECT_THAT(two.tokens, ElementsAre(2, 4, 3, 5, 5, 3));
  EXPECT_EQ(two.first_part, 3u);
}

TEST(WordPiece, ShortensTheLongerTextFirstAndTheSecondWhereBothAreAsLong) {
  const WordPiece tokenizer(vocabulary({"a", "b"}));

  EXPECT_THAT(tokenizer.encode("a a a a", std::nullopt, 4).tokens, ElementsAre(2, 4, 4, 3));
  EXPECT_THAT(tokenizer.encode("a a a a", "b b", 7).tokens, ElementsAre(2, 4, 4, 3, 5, 5, 3));
  EXPECT_THAT(tokenizer.encode("a a a", "b b b", 6).tokens, ElementsAre(2, 4, 4, 3, 5, 3));
  EXPECT_THAT(tokenizer.encode("a a", "b", 3).tokens, ElementsAre(2, 3, 3));
}

TEST(Vocabulary, ReadsOnePieceALineAndWritesTheSame) {
  const Vocabulary read =
      Vocabulary::parse("[PAD]\r\n[UNK]\n[CLS]\n[SEP]\nthe\n##s", "file").value();

  EXPECT_EQ(read.size(), 6u);
  EXPECT_EQ(read.number_of("##s"), 5u);
  EXPECT_EQ(read.number_of("no"), Vocabulary::none);
  EXPECT_EQ(read.file_text(), "[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\n##s\n");
}

TEST(Vocabulary, NamesTheSpecialTokenThatIsMissing) {
  const Error missing = Vocabulary::parse("[PAD]\n[CLS]\n[SEP]\nthe\n", "file").error().front();

  EXPECT_EQ(missing.code, "data/no-such-token");
  EXPECT_EQ(missing.what, "the vocabulary has no [UNK]");
  EXPECT_EQ(missing.where, "file");
}

TEST(Vocabulary, RefusesEmptyRepeatedAndBrokenPieces) {
  const auto error_of = [](std::string_view bytes) {
    return Vocabulary::parse(bytes, "file").error().front();
  };
  EXPECT_EQ(error_of("").code, "data/empty");
  EXPECT_EQ(error_of("a\n\nb\n").where, "file:2");
  EXPECT_EQ(error_of("a\nb\na\n").what, "\"a\" stands in line 1 already");
  EXPECT_EQ(error_of("a\nb\xFF\n").what, "byte 2 of this line (0xff) is not UTF-8");
  EXPECT_EQ(Vocabulary::read("/nowhere/vocab.txt").error().front().code, "data/unreadable");
}

TEST(LearnedVocabulary, JoinsTheMostFrequentNeighborsFirst) {
  // ab: 3 times, ##bc: 2 times (in "abc"), so "ab" comes before "abc"; "abc" then occurs twice.
  const std::vector<std::string> texts = {"abc ab", "abc"};

  const Vocabulary learned = learn_vocabulary(texts, 20).value();

  EXPECT_EQ(learned.file_text(),
            "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\n##a\n##b\n##c\nab\nabc\n");
}

TEST(LearnedVocabulary, PrefersTheOlderPiecesWhereCountsAreEqual) {
  const std::vector<std::string> texts = {"ba dc", "dc ba"};

  const Vocabulary learned = learn_vocabulary(texts, 64).value();

  // b comes before d, hence "ba" before "dc".
  EXPECT_THAT(learned.file_text(), HasSubstr("\nba\ndc\n"));
}

TEST(LearnedVocabulary, DoesNotDependOnTheOrderOfTexts) {
  const std::vector<std::string> texts = {"the cat sat", "on the mat", "that cat", "a hat"};
  const std::vector<std::string> reversed(texts.rbegin(), texts.rend());

  EXPECT_EQ(learn_vocabulary(texts, 40).value().file_text(),
            learn_vocabulary(reversed, 40).value().file_text());
}

TEST(LearnedVocabulary, EncodesItsOwnTextsWithoutUnknownWords) {
  const std::vector<std::string> texts = {"aaaa banana, bandana!", "ananas \u4E2D\u6587"};
  const WordPiece tokenizer(learn_vocabulary(texts, 50).value());

  for (const std::string& text : texts) {
    EXPECT_THAT(pieces(tokenizer, text), ::testing::Not(::testing::Contains("[UNK]")));
  }
}

TEST(LearnedVocabulary, KeepsTheMostFrequentCharactersWhereThereIsNoRoomForAll) {
  // (16 - 5) / 2 = 5 pieces for characters: "a" and "b" in two forms each; "c" and the sign occur
  // less often, and the sign has one form.
  const std::vector<std::string> texts = {"aaaa bbb cc aab abc"};

  const WordPiece tokenizer(learn_vocabulary(texts, 16).value());

  EXPECT_THAT(pieces(tokenizer, "cc"), ElementsAre("[UNK]"));
  EXPECT_THAT(pieces(tokenizer, "bbb"), ::testing::Not(::testing::Contains("[UNK]")));
}

TEST(LearnedVocabulary, NeedsWordsAndRoom) {
  const std::vector<std::string> blank = {"  ", ""};

  EXPECT_EQ(learn_vocabulary(blank, 100).error().front().code, "data/empty");
  EXPECT_EQ(learn_vocabulary(std::vector<std::string>{"a"}, 15).error().front().code,
            "data/too-few-pieces");
}

}  // namespace
}  // namespace tailrace::data
