#include "tailrace/policy/transform/momentum.hpp"

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

TEST(Momentum, AddsHalfOfThePastAtBetaOneHalf) {
  auto momentum = prepared(Momentum{.beta = 0.5}, 2);

  EXPECT_THAT(applied(momentum, {2, -4}), ElementsAre(2, -4));
  EXPECT_THAT(applied(momentum, {2, 0}), ElementsAre(3, -2));  // 2 + 2/2, 0 - 4/2
  EXPECT_THAT(applied(momentum, {0, 0}), ElementsAre(1.5, -1));
}

TEST(Momentum, IsARunningMeanWhenDampeningEqualsBeta) {
  auto momentum = prepared(Momentum{.beta = 0.5, .dampening = 0.5}, 1);

  EXPECT_THAT(applied(momentum, {4}), ElementsAre(2));
  EXPECT_THAT(applied(momentum, {4}), ElementsAre(3));
}

TEST(Momentum, RemembersUpdatesWithTheirPendingFactor) {
  auto momentum = prepared(Momentum{.beta = 0.5}, 1);
  Update update({8});

  update.scale(0.25);
  momentum.apply({}, update);

  EXPECT_THAT(update.values(), ElementsAre(2));
  EXPECT_THAT(applied(momentum, {0}), ElementsAre(1));
}

}  // namespace
}  // namespace tailrace::policy
