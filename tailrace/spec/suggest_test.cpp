#include "tailrace/spec/suggest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tailrace::spec {
namespace {

constexpr std::array<std::string_view, 4> names = {"clip_norm", "clip_coordinates", "momentum",
                                                   "normalize"};

TEST(EditDistance, CountsAddedDroppedReplacedAndSwappedLetters) {
  EXPECT_EQ(edit_distance("clip", "clip"), 0U);
  EXPECT_EQ(edit_distance("clip", "clips"), 1U);
  EXPECT_EQ(edit_distance("clip", "cip"), 1U);
  EXPECT_EQ(edit_distance("clip", "clap"), 1U);
  EXPECT_EQ(edit_distance("clip", "cilp"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
}

TEST(EditDistance, DoesNotTellCapitalsApart) { EXPECT_EQ(edit_distance("Clip", "cLIP"), 0U); }

TEST(Nearest, FindsAMisspelledName) { EXPECT_EQ(nearest("clip_nrom", names), "clip_norm"); }

TEST(Nearest, CompletesABeginningThatOnlyOneNameHas) {
  EXPECT_EQ(nearest("mom", names), "momentum");
  EXPECT_EQ(nearest("clip_", names), std::nullopt);  // two names begin so
}

TEST(Nearest, GuessesNothingForAnUnrelatedWord) {
  EXPECT_EQ(nearest("barrier", names), std::nullopt);
  EXPECT_EQ(nearest("", names), std::nullopt);
  EXPECT_EQ(did_you_mean("barrier", names), "");
}

TEST(DidYouMean, AsksAboutTheNearestName) {
  EXPECT_EQ(did_you_mean("normalise", names), "did you mean \"normalize\"?");
}

}  // namespace
}  // namespace tailrace::spec
