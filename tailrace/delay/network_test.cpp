#include "tailrace/delay/network.hpp"

#include <gtest/gtest.h>

namespace tailrace::delay {
namespace {

constexpr Time ms(std::int64_t count) { return {count * 1'000'000}; }
constexpr Bandwidth ten_megabytes{10e6};

TEST(PerWorker, KeepsOneNumberForEqualWorkersAndAllOthersOtherwise) {
  const PerWorker<int> equal({7, 7, 7});
  const PerWorker<int> unequal({7, 8, 7});

  EXPECT_EQ(&equal[0], &equal[2]);
  EXPECT_EQ(equal[2], 7);
  EXPECT_EQ(unequal[1], 8);
  EXPECT_EQ(unequal[2], 7);
}

TEST(Link, TakesLatencyPlusBytesOverBandwidth) {
  const Link link{.latency = ms(20), .bandwidth = ten_megabytes};

  const auto times = link.times(3, 1'000'000, "link");

  EXPECT_EQ((*times)[0], ms(120));  // 20 ms + 1 MB / 10 MB/s
  EXPECT_EQ((*times)[2], ms(120));
}

TEST(Link, TakesNoTimeByDefault) { EXPECT_EQ((*Link{}.times(2, 1 << 30, "link"))[1], Time{0}); }

TEST(Link, TakesAValuePerWorkerWhereThereIsAList) {
  const Link link{
      .latency = ms(20), .bandwidth = ten_megabytes, .latencies = {}, .bandwidths = {{1e6}, {2e6}}};

  const auto times = link.times(2, 1'000'000, "link");

  EXPECT_EQ((*times)[0], ms(1020));
  EXPECT_EQ((*times)[1], ms(520));
}

TEST(Link, RefusesAListOfTheWrongLength) {
  const Link link{.latencies = {ms(1), ms(2)}};

  const auto times = link.times(3, 8, "workers.network.up");

  ASSERT_FALSE(times);
  EXPECT_EQ(times.error().front().what, "2 values for 3 workers");
  EXPECT_EQ(times.error().front().where, "workers.network.up.latencies");
}

}  // namespace
}  // namespace tailrace::delay
