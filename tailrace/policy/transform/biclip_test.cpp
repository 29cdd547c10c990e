#include "tailrace/policy/transform/biclip.hpp"

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

Arrival at_step(Version t) { return {.version = t - 1}; }

TEST(BiClip, RaisesSmallCoordinatesAndCutsLargeOnes) {
  BiClip clip{.lower = 1, .upper = 2};

  EXPECT_THAT(applied(clip, {0.5, -1.5, 3, -0.25, 0}), ElementsAre(1, -1.5, 2, -1, 0));
}

TEST(BiClip, IsScaledSignWhereBothBoundsAreEqual) {
  BiClip clip{.lower = 0.5, .upper = 0.5};

  EXPECT_THAT(applied(clip, {1e-30F, -7, 0, 3e38F}), ElementsAre(0.5, -0.5, 0, 0.5));
}

TEST(BiClip, CutsALongNormAndRaisesAShortOne) {
  BiClip cut{.form = ClipForm::norm, .lower = 1, .upper = 2.5};
  BiClip raise{.form = ClipForm::norm, .lower = 10, .upper = 20};
  BiClip keep{.form = ClipForm::norm, .lower = 1, .upper = 10};

  EXPECT_THAT(applied(cut, {3, -4}), ElementsAre(1.5, -2));  // ||u|| = 5
  EXPECT_THAT(applied(raise, {3, -4}), ElementsAre(6, -8));
  EXPECT_THAT(applied(keep, {3, -4}), ElementsAre(3, -4));
}

TEST(BiClip, LeavesAZeroUpdateZeroInTheNormForm) {
  BiClip clip{.form = ClipForm::norm, .lower = 1, .upper = 2};

  EXPECT_THAT(applied(clip, {0, 0}), ElementsAre(0, 0));
}

TEST(BiClip, MovesItsBoundsWithPowersOfTheStep) {
  BiClip clip{.lower = 1, .upper = 16, .lower_power = 1, .upper_power = -1};

  EXPECT_THAT(applied(clip, {0.5, 100}, at_step(1)), ElementsAre(1, 16));
  EXPECT_THAT(applied(clip, {0.5, 100}, at_step(2)), ElementsAre(2, 8));
}

TEST(BiClip, LetsTheUpperBoundWinWhereTheyCross) {
  BiClip clip{.lower = 1, .upper = 16, .lower_power = 1, .upper_power = -1};

  EXPECT_THAT(applied(clip, {0.5, 100}, at_step(8)), ElementsAre(2, 2));  // d = 8, u = 2
}

}  // namespace
}  // namespace tailrace::policy
