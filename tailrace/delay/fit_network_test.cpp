#include "tailrace/delay/fit_network.hpp"

#include <gtest/gtest.h>

#include "tailrace/core/random.hpp"

namespace tailrace::delay {
namespace {

/// 1 ms each way and 1 MB/s: 2 ms and a microsecond a byte.
Passage exact(std::uint64_t bytes) {
  return {.bytes = bytes, .seconds = 2e-3 + 1e-6 * static_cast<double>(bytes)};
}

TEST(FitNetwork, FindsALinkThatIsMeasuredWithoutNoise) {
  std::vector<Passage> passages;
  for (std::uint64_t i = 0; i < 20; ++i) passages.push_back(exact(1000 * (i % 5)));

  const FittedNetwork fitted = fit_network(passages);

  EXPECT_EQ(fitted.latency, Time{1'000'000});
  EXPECT_DOUBLE_EQ(fitted.bandwidth.bytes_per_second, 1e6);
  EXPECT_EQ(fitted.passages, 20U);
  EXPECT_NEAR(fitted.error_seconds, 0, 1e-12);
  EXPECT_EQ(to_toml(fitted), "network = { latency = \"1ms\", bandwidth = \"8Mbit/s\" }\n");
}

TEST(FitNetwork, IsNotMovedByAFifthOfMessagesThatWaitedForASecond) {
  std::vector<Passage> passages;
  for (std::uint64_t i = 0; i < 100; ++i) {
    passages.push_back(exact(1000 * (i % 5)));
    if (i % 7 == 0) passages.back().seconds += 1;
  }

  const FittedNetwork fitted = fit_network(passages);

  EXPECT_NEAR(fitted.latency.seconds(), 1e-3, 2e-5);
  EXPECT_NEAR(fitted.bandwidth.bytes_per_second, 1e6, 2e4);
}

TEST(FitNetwork, TakesEverythingForLatencyWhereAllMessagesHaveOneSize) {
  const FittedNetwork fitted = fit_network({exact(2000), exact(2000), exact(2000)});

  EXPECT_EQ(fitted.latency, Time{2'000'000});
  EXPECT_EQ(fitted.bandwidth, Bandwidth{});
  EXPECT_EQ(to_toml(fitted), "network = { latency = \"2ms\" }\n");
}

/// 200 messages whose sizes differ by ten bytes and whose times have nothing to do with them. By
/// chance alone this would see a bandwidth with 1 of 40 seeds.
TEST(FitNetwork, SeesNoBandwidthInSizesThatHardlyDiffer) {
  Stream stream("delay/fit_network");
  std::vector<Passage> passages;
  for (std::uint64_t i = 0; i < 200; ++i) {
    passages.push_back({.bytes = 4000 + i % 10, .seconds = 1e-3 + 1e-4 * stream.uniform()});
  }

  const FittedNetwork fitted = fit_network(passages);

  EXPECT_EQ(fitted.bandwidth, Bandwidth{});
  EXPECT_NEAR(fitted.latency.seconds(), 0.525e-3, 0.02e-3);
}

TEST(FitNetwork, FindsABandwidthThoughMostMessagesHaveOneSize) {
  std::vector<Passage> passages;
  for (std::uint64_t i = 0; i < 5000; ++i) passages.push_back(exact(i % 10 == 0 ? 4000 : 8000));

  const FittedNetwork fitted = fit_network(passages);

  EXPECT_EQ(fitted.latency, Time{1'000'000});
  EXPECT_DOUBLE_EQ(fitted.bandwidth.bytes_per_second, 1e6);
}

}  // namespace
}  // namespace tailrace::delay
