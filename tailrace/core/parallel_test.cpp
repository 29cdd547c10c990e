#include "tailrace/core/parallel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace tailrace {
namespace {

TEST(Pool, RunsEveryChunkOnceInEveryOfManyRounds) {
  Pool pool(4);
  std::vector<int> runs(
      17, 0);  // not atomic: a chunk run twice at once is a data race that tsan reports
  constexpr int rounds = 2000;

  for (int round = 0; round < rounds; ++round) {
    pool.run(runs.size(), [&](std::size_t chunk) { ++runs[chunk]; });
  }

  EXPECT_THAT(runs, ::testing::Each(rounds));
}

TEST(Pool, ShowsTheCallerWhatTheChunksWroteAndTheChunksWhatTheCallerWrote) {
  Pool pool(3);
  std::vector<int> values(64, 1);

  for (int round = 0; round < 10; ++round) {
    pool.run(values.size(), [&](std::size_t chunk) { values[chunk] *= 2; });
    for (int& value : values) ++value;
  }

  EXPECT_THAT(values,
              ::testing::Each(2047));  // v -> 2v + 1 ten times from 1: 2^11 - 1
}

TEST(Pool, CountsTheCallerAmongItsThreads) {
  EXPECT_EQ(Pool(0).threads(), 1u);
  EXPECT_EQ(Pool(1).threads(), 1u);
  EXPECT_EQ(Pool(3).threads(), 3u);
}

TEST(Pool, ReturnsAtOnceWhenThereAreNoChunks) {
  Pool pool(2);
  bool called = false;

  pool.run(0, [&](std::size_t) { called = true; });

  EXPECT_FALSE(called);
}

TEST(RunChunks, KeepsTheOrderWhenThereIsNoPool) {
  std::vector<std::size_t> order;

  run_chunks(nullptr, 4, [&](std::size_t chunk) { order.push_back(chunk); });

  EXPECT_THAT(order, ::testing::ElementsAre(0, 1, 2, 3));
}

}  // namespace
}  // namespace tailrace
