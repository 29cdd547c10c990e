#include "tailrace/core/time.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tailrace/core/random.hpp"

namespace tailrace {
namespace {

TEST(Time, ReadsEveryUnit) {
  EXPECT_EQ(parse_time("7ns"), Time{7});
  EXPECT_EQ(parse_time("3us"), Time{3'000});
  EXPECT_EQ(parse_time("20ms"), Time{20'000'000});
  EXPECT_EQ(parse_time("1.5s"), Time{1'500'000'000});
  EXPECT_EQ(parse_time("250 ns"), Time{250});
  EXPECT_EQ(parse_time("2min"), Time{120'000'000'000});
  EXPECT_EQ(parse_time("4h"), Time{14'400'000'000'000});
  EXPECT_EQ(parse_time("1d"), Time{86'400'000'000'000});
  EXPECT_EQ(parse_time("1e3ms"), Time{1'000'000'000});
}

TEST(Time, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "s", "5", "-1s", "1 fortnight", "1s2", "nans", "infs", "1e300s",
                           "293y", "107000d", " 1s"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

TEST(Time, PrintsTheShortestExactForm) {
  EXPECT_EQ(to_string(Time{0}), "0ns");
  EXPECT_EQ(to_string(Time{20'000'000}), "20ms");
  EXPECT_EQ(to_string(Time{1'500'000'000}), "1.5s");
  EXPECT_EQ(to_string(Time{90'000'000'000}), "90s");
  EXPECT_EQ(to_string(Time{600'000'000'000}), "10min");
  EXPECT_EQ(to_string(Time::never()), "never");
}

TEST(Time, ReadsBackWhatItPrintsAtEveryMagnitude) {
  Stream stream("time round trip");

  for (int draw = 0; draw < 20'000; ++draw) {
    const Time time{static_cast<std::int64_t>(stream.bits64() >> (1 + stream.below(63)))};

    EXPECT_EQ(parse_time(to_string(time)), time) << time.ns;
  }
}

TEST(Time, ReadsWholeNumbersBeyondTheDoublesExactly) {
  const Time odd{9'007'199'254'740'993};  // 2^53 + 1, which no double holds

  EXPECT_EQ(parse_time("9007199254740993ns"), odd);
  EXPECT_EQ(parse_time(to_string(odd)), odd);
}

TEST(Time, RoundsSecondsToTheNearestNanosecondAndSaturates) {
  EXPECT_EQ(Time::from_seconds(1.4e-9), Time{1});
  EXPECT_EQ(Time::from_seconds(1.6e-9), Time{2});
  EXPECT_EQ(Time::from_seconds(-3), Time{0});
  EXPECT_EQ(Time::from_seconds(std::nan("")), Time{0});
  EXPECT_EQ(Time::from_seconds(1e300), Time::never());
  EXPECT_EQ(Time::from_seconds(HUGE_VAL), Time::never());
}

TEST(Time, NeverPlusAnythingIsNever) {
  EXPECT_EQ(Time::never() + Time{1}, Time::never());
  EXPECT_EQ(Time{5} + Time::never(), Time::never());
  EXPECT_EQ((Time{5} + Time{7}), Time{12});
}

}  // namespace
}  // namespace tailrace
