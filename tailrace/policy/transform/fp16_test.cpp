#include "tailrace/policy/transform/fp16.hpp"

#include <limits>

#include "tailrace/policy/compressor_test.hpp"
#include "tailrace/policy/transform/bf16.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

constexpr Real huge = std::numeric_limits<Real>::max();
constexpr Real infinite = std::numeric_limits<Real>::infinity();
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

TEST(Fp16, KeepsElevenDigitsAndRoundsTiesToEven) {
  Fp16 halves = ready(Fp16{}, 5);

  // Next to 1024 halves are 1 apart, next to 2048 they are 2 apart.
  EXPECT_THAT(applied(halves, {1024.5, 1025.5, -1025.4F, 2049, 2051}),
              ElementsAre(1024, 1026, -1025, 2048, 2052));
}

TEST(Fp16, ScalesByAPowerOfTwoSoThatNothingIsTooSmallOrTooLarge) {
  Fp16 halves = ready(Fp16{}, 2);

  for (const Real size : {1e-30F, 1e-9F, 1.0F, 1e9F, 1e37F}) {
    const Values sent = applied(halves, {size, size / 1e6F});
    EXPECT_NEAR(sent[0] / size, 1, 0x1p-11) << size;
    EXPECT_NEAR(sent[1] / (size / 1e6F), 1, 0x1p-11) << size;
  }
}

TEST(Fp16, LeavesItsScaleToTheFactorSoThatHalvesTravel) {
  Fp16 halves = ready(Fp16{}, 3);
  Update update(Values{3e-9F, -1e-9F, 0});

  halves.apply({}, update);

  // The largest, 3e-9 = 1.61 * 2^-29, is brought to 26388.3; halves are 16 apart there. The other
  // one is brought to 8796.1, where they are 8 apart.
  EXPECT_EQ(update.factor(), 0x1p-43);
  Values travelling;
  update.exchange(travelling);
  EXPECT_THAT(travelling, ElementsAre(26384, -8800, 0));
}

TEST(Fp16, RoundsWhatIsFarBelowTheLargestToMultiples) {
  Fp16 halves = ready(Fp16{}, 4);

  // The scale is 1, so that the smallest half is 2^-24.
  EXPECT_THAT(applied(halves, {16384, 0x1.8p-24F, 0x1p-25F, -0x1.1p-25F}),
              ElementsAre(16384, 0x1p-23F, 0, -0x1p-24F));
}

TEST(Fp16, StaysFiniteAtBothEndsOfTheRange) {
  Fp16 halves = ready(Fp16{}, 2);

  EXPECT_THAT(applied(halves, {huge, -huge}), ElementsAre(0x1.ffcp127F, -0x1.ffcp127F));
  EXPECT_THAT(applied(halves, {0x1p-149F, 0}), ElementsAre(0x1p-149F, 0));
}

TEST(Fp16, ShowsWhatIsNotFinite) {
  Fp16 halves = ready(Fp16{}, 3);

  const Values sent = applied(halves, {nan, infinite, 1});

  EXPECT_TRUE(std::isnan(sent[0]));
  EXPECT_THAT((Values{sent[1], sent[2]}), ElementsAre(infinite, 1));
}

TEST(Fp16, KeepsMinusZero) {
  Fp16 halves = ready(Fp16{}, 2);

  EXPECT_TRUE(std::signbit(applied(halves, {1, -0.0F})[1]));
}

TEST(Fp16, SendsWhatItLeftOutWithTheNextMessage) {
  Fp16 halves = ready(Fp16{.error_feedback = true}, 1);

  EXPECT_THAT(applied(halves, {2049}, job(0)), ElementsAre(2048));
  EXPECT_THAT(applied(halves, {2049}, job(1)), ElementsAre(2050));
  EXPECT_THAT(applied(halves, {2049}, job(0, 1)), ElementsAre(2048)) << "another worker's";
}

TEST(Fp16, SendsHalfTheBytesAndAScale) { EXPECT_EQ(bytes_of(Fp16{}, 1000), 2000 + 4); }

TEST(Bf16, KeepsEightDigitsAndRoundsTiesToEven) {
  Bf16 upper = ready(Bf16{}, 5);

  // Next to 128 they are 1 apart, next to 256 they are 2 apart.
  EXPECT_THAT(applied(upper, {128.5, 129.5, -129.4F, 257, 259}),
              ElementsAre(128, 130, -129, 256, 260));
}

TEST(Bf16, NeedsNoScale) {
  Bf16 upper = ready(Bf16{}, 3);

  EXPECT_THAT(applied(upper, {0x1.01p-120F, 1, -0x1.01p120F}),
              ElementsAre(0x1p-120F, 1, -0x1p120F));
}

TEST(Bf16, StaysFiniteAtTheEndOfTheRange) {
  Bf16 upper = ready(Bf16{}, 2);

  EXPECT_THAT(applied(upper, {huge, -huge}), ElementsAre(0x1.fep127F, -0x1.fep127F));
}

TEST(Bf16, ShowsWhatIsNotFinite) {
  Bf16 upper = ready(Bf16{}, 3);

  const Values sent = applied(upper, {nan, infinite, 1});

  EXPECT_TRUE(std::isnan(sent[0]));
  EXPECT_THAT((Values{sent[1], sent[2]}), ElementsAre(infinite, 1));
}

TEST(Bf16, SendsHalfTheBytes) { EXPECT_EQ(bytes_of(Bf16{}, 1000), 2000U); }

}  // namespace
}  // namespace tailrace::policy
