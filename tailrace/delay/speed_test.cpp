#include "tailrace/delay/speed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tailrace/delay/shares.hpp"

namespace tailrace::delay {
namespace {

using ::testing::ElementsAre;

TEST(SplitByShares, RoundsTheEndOfEachGroup) {
  const std::vector<double> shares = {3, 2, 1};

  EXPECT_THAT(*split_by_shares(6, shares, ""), ElementsAre(0, 0, 0, 1, 1, 2));
  EXPECT_THAT(*split_by_shares(4, shares, ""), ElementsAre(0, 0, 1, 2));  // ends at 2, 3.33, 4
}

TEST(SplitByShares, CoversEveryWorkerForAnyNumberOfThem) {
  const std::vector<double> shares = {0.1, 0, 0.7, 1e-9, 0.2};
  for (WorkerId workers = 1; workers < 200; ++workers) {
    const auto group = *split_by_shares(workers, shares, "");

    EXPECT_EQ(group.size(), workers);
    EXPECT_TRUE(std::is_sorted(group.begin(), group.end()));
    EXPECT_EQ(std::count(group.begin(), group.end(), 1), 0);
  }
}

TEST(Speeds, AreWhatTheFormulasSay) {
  EXPECT_THAT(*EqualSpeeds{.seconds = 3}.values(2, 1), ElementsAre(3, 3));
  EXPECT_THAT(*(ListedSpeeds{.seconds = {5, 1}}.values(2, 1)), ElementsAre(5, 1));
  EXPECT_THAT(*LinearSpeeds{.seconds = 2}.values(3, 1), ElementsAre(2, 4, 6));
  EXPECT_THAT(*SquareRootSpeeds{}.values(5, 1),
              ElementsAre(1, 2, 1 + std::sqrt(2.0), 1 + std::sqrt(3.0), 3));
  EXPECT_THAT(*(PowerSpeeds{.seconds = 2, .exponent = 2}.values(3, 1)), ElementsAre(2, 8, 18));
  EXPECT_THAT(*(TwoSpeeds{.slow_share = 0.5, .slowdown = 8}.values(4, 1)), ElementsAre(1, 1, 8, 8));
  EXPECT_THAT(*(SpeedClasses{.seconds = {1, 9}, .shares = {3, 1}}.values(4, 1)),
              ElementsAre(1, 1, 1, 9));
}

TEST(Speeds, ShuffledAreTheSameTimesInAnOrderOfTheSeed) {
  const LinearSpeeds shuffled{.shuffled = true};

  const auto first = *shuffled.values(50, 1);
  const auto again = *shuffled.values(50, 1);
  const auto other = *shuffled.values(50, 2);

  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
  EXPECT_THAT(first, ::testing::UnorderedElementsAreArray(*LinearSpeeds{}.values(50, 1)));
}

TEST(Speeds, RefuseAListOfTheWrongLength) {
  const auto result = ListedSpeeds{.seconds = {1, 2}}.values(3, 1);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().front().to_string(),
            "error[delay/wrong-length]: 2 times for 3 workers\n"
            "  at   workers.speed.seconds\n"
            "  fix  give one time a worker");
  EXPECT_FALSE((SpeedClasses{.seconds = {1, 2}, .shares = {1}}.values(3, 1)));
}

TEST(Speeds, RefuseTimesThatAreNotAboveZeroAndFinite) {
  for (const double bad : {0.0, -1.0, std::nan(""), HUGE_VAL, 2e9}) {
    EXPECT_FALSE((ListedSpeeds{.seconds = {1, bad}}.values(2, 1))) << bad;
  }
  EXPECT_FALSE((PowerSpeeds{.exponent = 20}.values(1000, 1)));  // 1000^20 s
}

TEST(Speeds, RefuseSharesThatSplitNothing) {
  EXPECT_FALSE((SpeedClasses{.seconds = {1, 2}, .shares = {0, 0}}.values(3, 1)));
}

}  // namespace
}  // namespace tailrace::delay
