#include "tailrace/data/unicode.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tailrace::data {
namespace {

std::string plain(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const Decoded read = decode_utf8(text, at);
    append_plain(result, read.point);
    at += read.bytes;
  }
  return result;
}

TEST(Utf8, ReadsWhatItWritesForEveryCharacter) {
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;
    std::string text;
    append_utf8(text, point);

    const Decoded read = decode_utf8(text, 0);

    ASSERT_EQ(read.point, point);
    ASSERT_EQ(read.bytes, text.size());
  }
}

TEST(Utf8, RefusesLongFormsSurrogatesCutCharactersAndWhatIsBeyondUnicode) {
  EXPECT_EQ(first_not_utf8("abc\xC3\xA9"), std::nullopt);
  EXPECT_EQ(first_not_utf8("ab\xFF"), 2u);
  EXPECT_EQ(first_not_utf8("\xC0\xAF"), 0u);          // "/" in two bytes
  EXPECT_EQ(first_not_utf8("\xE0\x80\xAF"), 0u);      // "/" in three bytes
  EXPECT_EQ(first_not_utf8("\xED\xA0\x80"), 0u);      // the surrogate U+D800
  EXPECT_EQ(first_not_utf8("\xF4\x90\x80\x80"), 0u);  // U+110000
  EXPECT_EQ(first_not_utf8("x\xE2\x82"), 1u);         // the euro sign without its last byte
  EXPECT_EQ(first_not_utf8(std::string("a\0b", 3)), std::nullopt);
}

TEST(Utf8, TellsThePlaceOfAByteByLineAndColumn) {
  EXPECT_EQ(place_in("ab\ncd", 0).line, 1u);
  EXPECT_EQ(place_in("ab\ncd", 4).line, 2u);
  EXPECT_EQ(place_in("ab\ncd", 4).column, 2u);
}

TEST(CharacterKinds, AreThoseOfBertsTokenizer) {
  EXPECT_EQ(kind_of('a'), CharacterKind::letter);
  EXPECT_EQ(kind_of('7'), CharacterKind::letter);
  EXPECT_EQ(kind_of(0x20AC), CharacterKind::letter);       // the euro sign is a symbol
  EXPECT_EQ(kind_of('$'), CharacterKind::punctuation);     // but every ASCII sign is punctuation
  EXPECT_EQ(kind_of(0x2014), CharacterKind::punctuation);  // em dash
  EXPECT_EQ(kind_of('\t'), CharacterKind::space);
  EXPECT_EQ(kind_of(0xA0), CharacterKind::space);  // no-break space
  EXPECT_EQ(kind_of(0), CharacterKind::control);
  EXPECT_EQ(kind_of(0x200D), CharacterKind::control);  // joiner, of category Cf
  EXPECT_EQ(kind_of(0xFFFD), CharacterKind::control);
  EXPECT_EQ(kind_of(0x4E2D), CharacterKind::ideograph);
  EXPECT_EQ(kind_of(0x3042), CharacterKind::letter);  // hiragana is written in words
}

TEST(PlainCharacters, AreInLowerCaseWithoutAccents) {
  EXPECT_EQ(plain("HeLLo 7!"), "hello 7!");
  EXPECT_EQ(plain("\u00C0\u00C9\u00EF\u00F1\u0150\u017B"), "aeinoz");
  EXPECT_EQ(plain("e\u0301"), "e");  // an accent of its own
  EXPECT_EQ(plain("\u039B\u03CC\u03B3\u03BF\u03C2"), "\u03BB\u03BF\u03B3\u03BF\u03C2");  // Greek
  EXPECT_EQ(plain("\u0419\u0401"), "\u0438\u0435");  // Cyrillic: short i, yo
  EXPECT_EQ(plain("\u1EC7"), "e");                   // Vietnamese, two accents
  EXPECT_EQ(plain("\u0130"), "i");                   // capital i with a dot
  EXPECT_EQ(plain("\u00DF\u00F8"), "\u00DF\u00F8");  // sharp s and o with a stroke have no accent
}

TEST(PlainCharacters, TakeHangulApart) {
  EXPECT_EQ(plain("\uD55C"), "\u1112\u1161\u11AB");  // han
  EXPECT_EQ(plain("\uAC00"), "\u1100\u1161");        // ga, no final
}

TEST(PlainCharacters, StayAsTheyAreASecondTime) {
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;
    std::string once;
    append_plain(once, point);

    ASSERT_EQ(plain(once), once) << "U+" << std::hex << static_cast<std::uint32_t>(point);
  }
}

}  // namespace
}  // namespace tailrace::data
