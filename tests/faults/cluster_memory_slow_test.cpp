#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "tests/faults/evidence.hpp"

namespace tailrace::faults {
namespace {

/// A growth of 5 %, and what an allocator may hold back or not.
bool is_flat(std::uint64_t then, std::uint64_t now) {
  constexpr double growth = 1.05;
  constexpr double slack = 1 << 20;
  return static_cast<double>(now) < growth * static_cast<double>(then) + slack;
}

TEST(TheMemoryOfAServer, StaysFlatThoughWorkersComeAndGoAndCheckpointsAreWritten) {
  constexpr int samples = 40;
  Cluster cluster({.method = std::string(with_memory_and_local_steps), .steps = 1'000'000'000});
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  cluster.work_all();
  ASSERT_TRUE(cluster.gets_on());

  std::vector<std::uint64_t> memory;
  for (int i = 0; i < samples; ++i) {
    const auto worker = static_cast<WorkerId>(i) % cluster.workers();
    cluster.worker(worker).kill();
    cluster.work(worker);
    ASSERT_TRUE(cluster.gets_on(1000)) << cluster.server_output();
    memory.push_back(cluster.server().resident());
  }

  // The largest of each quarter: what grows, grows there too.
  const auto largest = [&](int quarter) {
    const auto first = memory.begin() + quarter * samples / 4;
    return *std::max_element(first, first + samples / 4);
  };
  for (int quarter = 0; quarter < 4; ++quarter) {
    std::printf("quarter %d: %.1f MB\n", quarter + 1, static_cast<double>(largest(quarter)) / 1e6);
  }
  EXPECT_TRUE(is_flat(largest(1), largest(3)));
  ASSERT_TRUE(cluster.goes_on_for(100)) << cluster.server_output();
  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();
  Evidence(cluster).expect_truth();
}

}  // namespace
}  // namespace tailrace::faults
