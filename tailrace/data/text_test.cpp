#include "tailrace/data/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tailrace::data {
namespace {

using ::testing::ElementsAre;

CharacterText text_of(std::u32string characters) { return {"text", std::move(characters)}; }

std::vector<std::uint32_t> parts(std::u32string text, TextPart part) {
  return parts_of(text_of(std::move(text)), part).value();
}

TEST(Lines, EndAtNewlinesAndHaveNoReturnNorByteOrderMark) {
  LineReader lines(
      "\xEF\xBB\xBF"
      "a\r\n\nb");
  std::vector<std::string> read;

  while (lines.next()) read.emplace_back(lines.line());

  EXPECT_THAT(read, ElementsAre("a", "", "b"));
  EXPECT_EQ(lines.number(), 3u);
  EXPECT_FALSE(LineReader("").next());
}

TEST(Characters, AreCodePointsAndReturnsBeforeNewlinesAreDropped) {
  const CharacterText text = parse_characters("a\r\n\u00E9\u20AC", "file").value();

  EXPECT_EQ(text.characters, U"a\n\u00E9\u20AC");
}

TEST(Characters, RefuseBytesThatAreNotUtf8AndAnEmptyText) {
  const Error broken = parse_characters("ab\ncd\xFF", "file").error().front();
  EXPECT_EQ(broken.code, "data/not-utf8");
  EXPECT_EQ(broken.what, "byte 5 (0xff) is not UTF-8");
  EXPECT_EQ(broken.where, "file:2:3");
  EXPECT_EQ(parse_characters("", "file").error().front().code, "data/empty");
  EXPECT_EQ(parse_characters("\xEF\xBB\xBF", "file").error().front().code, "data/empty");
}

TEST(Characters, ComeFromAFileAndAMissingOneIsAnError) {
  const std::filesystem::path path =
      std::filesystem::path(::testing::TempDir()) / "tailrace_text_test.txt";
  std::ofstream(path) << "some text";

  EXPECT_EQ(read_characters(path).value().characters, U"some text");
  std::filesystem::remove(path);
  EXPECT_EQ(read_characters(path).error().front().code, "data/unreadable");
}

TEST(TextParts, AreLinesParagraphsOrSpeakers) {
  //                         a  \n b  \n \n c  \n
  EXPECT_THAT(parts(U"a\nb\n\nc\n", TextPart::line), ElementsAre(0, 0, 1, 1, 1, 2, 2));
  EXPECT_THAT(parts(U"a\nb\n\nc\n", TextPart::paragraph), ElementsAre(0, 0, 0, 0, 0, 1, 1));
}

TEST(TextParts, GiveASpeakerAllThatFollowsTheName) {
  const auto speaker_of = parts(U"A:\nx\n\nB:\ny:\n\nz\n\nA:\nw", TextPart::speaker);

  //                        A  :  n  x  n  n  B  :  n  y  :  n  n  z  n  n  A  :  n  w
  EXPECT_THAT(speaker_of, ElementsAre(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0));
}

TEST(TextParts, PutWhatComesBeforeTheFirstNameIntoAPartOfItsOwn) {
  EXPECT_THAT(parts(U"t\n\nA:\n", TextPart::speaker), ElementsAre(0, 0, 0, 1, 1, 1));
}

TEST(TextParts, NeedANameForSpeakers) {
  const auto none = parts_of(text_of(U"a\nb: c\n"), TextPart::speaker);

  EXPECT_EQ(none.error().front().code, "data/no-speaker");
}

TEST(CharacterSet, NumbersCharactersByCodePointFromOne) {
  const CharacterSet set(U"banana \u20AC");

  EXPECT_EQ(set.size(), 6u);  // unknown, blank, a, b, n, euro
  EXPECT_EQ(set.number_of(' '), 1u);
  EXPECT_EQ(set.number_of('a'), 2u);
  EXPECT_EQ(set.number_of(0x20AC), 5u);
  EXPECT_EQ(set.number_of('z'), CharacterSet::unknown);
  EXPECT_EQ(set.number_of(0x10FFFF), CharacterSet::unknown);
}

}  // namespace
}  // namespace tailrace::data
