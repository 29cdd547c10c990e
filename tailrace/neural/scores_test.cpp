#include "tailrace/neural/scores.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace tailrace::neural {
namespace {

using Numbers = std::vector<double>;

TEST(Scores, AccuracyIsTheShareThatIsRight) {
  EXPECT_DOUBLE_EQ(score(Score::accuracy, Numbers{0, 1, 2, 2}, Numbers{0, 1, 1, 2}), 0.75);
  EXPECT_EQ(score(Score::accuracy, Numbers{}, Numbers{}), 0);
}

TEST(Scores, MatthewsIsTheCorrelationOfTwoBinaryVariables) {
  // 3 hits, 1 false alarm, 2 right refusals, 2 misses: (3 2 - 1 2) / sqrt(4 5 3 4) = 4 / sqrt(240).
  const Numbers predictions = {1, 1, 1, 1, 0, 0, 0, 0};
  const Numbers truths = {1, 1, 1, 0, 0, 0, 1, 1};

  EXPECT_NEAR(score(Score::matthews, predictions, truths), 0.2581988897, 1e-9);
  EXPECT_DOUBLE_EQ(score(Score::matthews, truths, truths), 1);
  EXPECT_DOUBLE_EQ(score(Score::matthews, Numbers{0, 1}, Numbers{1, 0}), -1);
}

TEST(Scores, MatthewsIsZeroWhereOneSideHasOneClassOnly) {
  EXPECT_EQ(score(Score::matthews, Numbers{1, 1, 1}, Numbers{1, 0, 1}), 0);
  EXPECT_EQ(score(Score::matthews, Numbers{1, 0, 1}, Numbers{1, 1, 1}), 0);
  EXPECT_EQ(score(Score::matthews, Numbers{1, 1}, Numbers{1, 1}), 0);
}

TEST(Scores, MatthewsTakesMoreClassesInGorodkinsForm) {
  // 3 of 4 right; predicted 2, 1, 1 and true 1, 2, 1 times: (3 4 - 5) / sqrt((16 - 6) (16 - 6)).
  EXPECT_DOUBLE_EQ(score(Score::matthews, Numbers{0, 0, 1, 2}, Numbers{0, 1, 1, 2}), 0.7);
}

TEST(Scores, F1IsTheHarmonicMeanOfPrecisionAndRecallOfClassOne) {
  // Precision 2/3, recall 2/4: 2 (2/3) (1/2) / (2/3 + 1/2) = 4/7.
  EXPECT_DOUBLE_EQ(score(Score::f1, Numbers{1, 1, 1, 0, 0, 0}, Numbers{1, 1, 0, 1, 1, 0}), 4.0 / 7);
  EXPECT_EQ(score(Score::f1, Numbers{0, 0}, Numbers{0, 0}), 0);
}

TEST(Scores, PearsonIsTheLinearCorrelation) {
  EXPECT_DOUBLE_EQ(score(Score::pearson, Numbers{1, 2, 3}, Numbers{5, 7, 9}), 1);
  EXPECT_DOUBLE_EQ(score(Score::pearson, Numbers{1, 2, 3}, Numbers{9, 7, 5}), -1);
  // Deviations (-1, 0, 1) and (-4/3, 2/3, 2/3): 2 / sqrt(2 24/9) = sqrt(3) / 2.
  EXPECT_NEAR(score(Score::pearson, Numbers{1, 2, 3}, Numbers{0, 2, 2}), 0.8660254038, 1e-9);
}

TEST(Scores, SpearmanSeesOnlyTheOrderAndEqualValuesShareTheirRank) {
  EXPECT_DOUBLE_EQ(score(Score::spearman, Numbers{1, 10, 100}, Numbers{1, 2, 3}), 1);
  // Ranks (1, 2.5, 2.5) and (1, 2, 3): 1.5 / sqrt(1.5 2) = sqrt(3) / 2.
  EXPECT_NEAR(score(Score::spearman, Numbers{0, 5, 5}, Numbers{1, 2, 3}), 0.8660254038, 1e-9);
}

TEST(Scores, CorrelationsWithAConstantOrOfADivergedModelAreZero) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Score kind : {Score::pearson, Score::spearman}) {
    EXPECT_EQ(score(kind, Numbers{0.1, 0.1, 0.1}, Numbers{1, 2, 3}), 0);
    EXPECT_EQ(score(kind, Numbers{1, 2, 3}, Numbers{0.1, 0.1, 0.1}), 0);
    EXPECT_EQ(score(kind, Numbers{1, nan, 3}, Numbers{1, 2, 3}), 0);
    EXPECT_EQ(score(kind, Numbers{}, Numbers{}), 0);
  }
}

}  // namespace
}  // namespace tailrace::neural
