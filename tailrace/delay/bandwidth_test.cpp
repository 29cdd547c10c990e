#include "tailrace/delay/bandwidth.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tailrace/core/field.hpp"
#include "tailrace/core/random.hpp"

namespace tailrace::delay {
namespace {

static_assert(Quantity<Bandwidth>);

TEST(Bandwidth, ReadsBitsAndBytesWithDecimalPrefixes) {
  EXPECT_EQ(Bandwidth::parse("100Mbit/s"), Bandwidth{12.5e6});
  EXPECT_EQ(Bandwidth::parse("1Gbit/s"), Bandwidth{125e6});
  EXPECT_EQ(Bandwidth::parse("10MB/s"), Bandwidth{10e6});
  EXPECT_EQ(Bandwidth::parse("2.5 kB/s"), Bandwidth{2500});
  EXPECT_EQ(Bandwidth::parse("8bit/s"), Bandwidth{1});
  EXPECT_EQ(Bandwidth::parse("unlimited"), Bandwidth{});
}

TEST(Bandwidth, RefusesWhatIsNoBandwidthAboveZero) {
  for (const char* text : {"", "10", "10MB", "MB/s", "0MB/s", "-1MB/s", "infMB/s", "nanB/s",
                           "10mbit/s", "1e308TB/s", "1MB/s "}) {
    EXPECT_EQ(Bandwidth::parse(text), std::nullopt) << text;
  }
}

TEST(Bandwidth, PrintsTheWayLinksAreSold) {
  EXPECT_EQ(to_string(Bandwidth{12.5e6}), "100Mbit/s");
  EXPECT_EQ(to_string(Bandwidth{125e6}), "1Gbit/s");
  EXPECT_EQ(to_string(Bandwidth{}), "unlimited");
}

TEST(Bandwidth, ReadsBackWhatItPrintsAtEveryMagnitude) {
  Stream stream("bandwidth round trip");
  for (int draw = 0; draw < 10'000; ++draw) {
    const Bandwidth bandwidth{std::pow(10, 40 * stream.uniform() - 20)};

    EXPECT_EQ(Bandwidth::parse(to_string(bandwidth)), bandwidth) << bandwidth.bytes_per_second;
  }
}

}  // namespace
}  // namespace tailrace::delay
