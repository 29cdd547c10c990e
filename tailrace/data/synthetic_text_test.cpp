#include "tailrace/data/synthetic_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>

#include "tailrace/data/text.hpp"
#include "tailrace/data/wordpiece.hpp"

namespace tailrace::data {
namespace {

/// Mean of -log of the share that each character has behind the `order` characters before it.
double conditional_entropy(const std::string& text, std::size_t order) {
  std::map<std::string, double> contexts;
  std::map<std::string, double> windows;
  for (std::size_t at = order; at < text.size(); ++at) {
    ++contexts[text.substr(at - order, order)];
    ++windows[text.substr(at - order, order + 1)];
  }
  double sum = 0;
  double count = 0;
  for (const auto& [window, times] : windows) {
    sum -= times * std::log(times / contexts[window.substr(0, order)]);
    count += times;
  }
  return sum / count;
}

TEST(SyntheticText, IsTheSameForTheSameStreamAndHasTheWantedLength) {
  const SyntheticText one = make_synthetic_text(5000, Stream("text"));

  EXPECT_EQ(one.text.size(), 5000u);
  EXPECT_EQ(make_synthetic_text(5000, Stream("text")).text, one.text);
  EXPECT_NE(make_synthetic_text(5000, Stream("other")).text, one.text);
  EXPECT_EQ(make_synthetic_text(9000, Stream("text")).text.substr(0, 5000), one.text);
}

TEST(SyntheticText, ConsistsOfSpeechesByEightSpeakers) {
  const SyntheticText made = make_synthetic_text(20000, Stream("text"));
  const CharacterText text = parse_characters(made.text, "text").value();

  const auto speakers = parts_of(text, TextPart::speaker).value();

  // 20,000 characters are some 150 speeches: all 8 names but for a chance of 8 (7/8)^150 = 2e-8.
  EXPECT_EQ(std::set(speakers.begin(), speakers.end()).size(), 8u);
}

// What the draws of a text tell per character has a standard deviation of about 2 / sqrt(speeches)
// of its mean; with 7,000 speeches 0.03 of the mean lies beyond any false alarm worth counting.
TEST(SyntheticText, TellsPerCharacterWhatItsEntropyRateSays) {
  const SyntheticText made = make_synthetic_text(1'000'000, Stream("text"));

  EXPECT_NEAR(made.information_rate / made.entropy_rate, 1, 0.03);
}

TEST(SyntheticText, HasStructureThatLongerContextsSee) {
  const SyntheticText made = make_synthetic_text(300'000, Stream("text"));

  const double alone = conditional_entropy(made.text, 0);
  const double after_one = conditional_entropy(made.text, 1);
  const double after_three = conditional_entropy(made.text, 3);

  EXPECT_LT(after_one, 0.85 * alone);
  EXPECT_LT(after_three, 0.85 * after_one);
  EXPECT_GT(after_three, made.entropy_rate);  // nobody is better than the entropy rate
}

// 10,000 reviews: a share has a standard deviation of at most 0.005, so 0.03 is 6 of them.
TEST(SyntheticSentiment, HasAsManyPositiveAsNegativeReviews) {
  const SentenceSet set = make_synthetic_sentiment(10'000, Stream("sentiment"));
  double positive = 0;
  for (const std::int32_t label : set.labels) positive += label;

  EXPECT_EQ(set.count(), 10'000u);
  EXPECT_EQ(set.classes, 2u);
  EXPECT_NEAR(positive / 10'000, 0.5, 0.03);
}

/// How many reviews the majority of opinions tells right, with or without what turns them around.
double share_right(const SentenceSet& set, bool sees_turns) {
  const std::set<std::string, std::less<>> praise = {"good",     "great",  "lovely",    "bright",
                                                     "clever",   "warm",   "fine",      "funny",
                                                     "charming", "honest", "brilliant", "moving"};
  const std::set<std::string, std::less<>> blame = {"bad",   "awful", "dull",   "cold",
                                                    "weak",  "sad",   "tired",  "ugly",
                                                    "empty", "false", "boring", "clumsy"};
  double right = 0;
  for (std::size_t s = 0; s < set.count(); ++s) {
    int balance = 0;
    int sign = 1;
    for (WordReader words(set.first[s], true); words.next();) {
      const int opinion = praise.contains(words.word()) ? 1 : blame.contains(words.word()) ? -1 : 0;
      balance += sees_turns ? sign * opinion : opinion;
      sign = words.word() == "not" || words.word() == "never" ? -1 : 1;
    }
    right += (balance > 0) == (set.labels[s] == 1) ? 1 : 0;
  }
  return right / static_cast<double>(set.count());
}

// By hand, the chance of an error is 0.250 with one opinion, 0.297 and 0.312 with three and five:
// 0.286 in all. 5,000 reviews: a standard deviation of 0.0064, so 0.04 is more than 6 of them.
TEST(SyntheticSentiment, IsRightByTheMajorityOfOpinionsOnlyIfOneSeesWhatIsTurnedAround) {
  const SentenceSet set = make_synthetic_sentiment(5'000, Stream("sentiment"));

  EXPECT_EQ(share_right(set, true), 1);
  EXPECT_NEAR(share_right(set, false), 0.714, 0.04);
}

}  // namespace
}  // namespace tailrace::data
