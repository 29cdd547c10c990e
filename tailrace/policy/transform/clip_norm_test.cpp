#include "tailrace/policy/transform/clip_norm.hpp"

#include <cmath>

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

TEST(ClipNorm, HalvesAnUpdateOfTwiceTheThreshold) {
  ClipNorm clip{.threshold = 2.5};

  EXPECT_THAT(applied(clip, {3, -4}), ElementsAre(1.5, -2));  // ||u|| = 5
}

TEST(ClipNorm, LeavesAnUpdateWithinTheThresholdAlone) {
  ClipNorm clip{.threshold = 5};

  EXPECT_THAT(applied(clip, {3, -4}), ElementsAre(3, -4));
}

TEST(ClipNorm, NeverClipsAtInfinity) {
  ClipNorm clip{.threshold = infinity};

  EXPECT_THAT(applied(clip, {3e38F, -3e38F}), ElementsAre(3e38F, -3e38F));
}

TEST(ClipNorm, BringsEntriesNearTheEndOfFloatDownWithoutLosingDigits) {
  ClipNorm clip{.threshold = 1};

  const Values clipped = applied(clip, {1.5e38F, 2e38F});  // ||u|| = 2.5e38: the factor is 4e-39

  EXPECT_THAT(clipped, ElementsAre(FloatEq(0.6F), FloatEq(0.8F)));
}

TEST(ClipNorm, ShowsAnInfiniteEntry) {
  ClipNorm clip{.threshold = 1};

  EXPECT_TRUE(std::isnan(applied(clip, {static_cast<Real>(infinity), 1})[0]));
}

}  // namespace
}  // namespace tailrace::policy
