#include "tailrace/policy/transform/clip_coordinates.hpp"

#include <cmath>

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

TEST(ClipCoordinates, CutsEachCoordinateByItself) {
  ClipCoordinates clip{.threshold = 1};

  EXPECT_THAT(applied(clip, {3, -4, 0.5, 0, -0.25}), ElementsAre(1, -1, 0.5, 0, -0.25));
}

TEST(ClipCoordinates, SeesThePendingFactor) {
  ClipCoordinates clip{.threshold = 1};
  Update update({8, 2});

  update.scale(0.25);
  clip.apply({}, update);

  EXPECT_THAT(update.values(), ElementsAre(1, 0.5));
}

TEST(ClipCoordinates, NeverClipsAtInfinity) {
  ClipCoordinates clip{.threshold = infinity};

  EXPECT_THAT(applied(clip, {3e38F, -3e38F}), ElementsAre(3e38F, -3e38F));
}

TEST(ClipCoordinates, LetsNanThroughAndCutsInfinity) {
  ClipCoordinates clip{.threshold = 2};

  const Values clipped = applied(clip, {std::nanf(""), -static_cast<Real>(infinity)});

  EXPECT_TRUE(std::isnan(clipped[0]));
  EXPECT_EQ(clipped[1], -2);
}

}  // namespace
}  // namespace tailrace::policy
