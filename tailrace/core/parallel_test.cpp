#include "tailrace/core/parallel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
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

/// What run() throws, as text; "nothing" if nothing.
std::string thrown_by(Pool& pool, std::size_t chunks,
                      const std::function<void(std::size_t)>& body) {
  try {
    pool.run(chunks, body);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing";
}

/// Whether a pool still runs every chunk once.
bool works(Pool& pool) {
  std::vector<int> runs(50, 0);
  pool.run(runs.size(), [&](std::size_t chunk) { ++runs[chunk]; });
  return runs == std::vector<int>(50, 1);
}

TEST(Pool, ThrowsWhatABodyThrewOnTheCallersThreadOrOnAnotherAndWorksAgain) {
  for (const bool on_caller : {true, false}) {
    Pool pool(4);
    const std::thread::id caller = std::this_thread::get_id();
    std::atomic<bool> thrown = false;

    for (int round = 0; round < 50; ++round) {
      thrown = false;
      const std::string text = thrown_by(pool, 4, [&](std::size_t) {
        if ((std::this_thread::get_id() == caller) == on_caller) {
          thrown = true;
          throw std::runtime_error("out of luck");
        }
        // The others wait, so that the right thread surely gets a chunk.
        while (!thrown) std::this_thread::yield();
      });
      ASSERT_EQ(text, "out of luck") << (on_caller ? "caller" : "another");
      ASSERT_TRUE(works(pool));
    }
  }
}

TEST(Pool, BeginsNoMoreChunksOnceOneHasThrown) {
  for (const std::size_t threads : {1U, 3U}) {
    Pool pool(threads);
    std::atomic<int> begun = 0;

    const std::string text = thrown_by(pool, 1'000'000, [&](std::size_t chunk) {
      ++begun;
      if (chunk == 3) throw std::runtime_error("the fourth");
      std::this_thread::yield();
    });

    EXPECT_EQ(text, "the fourth");
    EXPECT_LT(begun, 1'000'000);
    if (threads == 1) {
      EXPECT_EQ(begun, 4);
    }
  }
}

TEST(Pool, LetsTheOtherThreadsEndTheirChunksBeforeItThrows) {
  Pool pool(3);
  std::atomic<int> begun = 0;
  std::atomic<int> ended = 0;

  const std::string text = thrown_by(pool, 3, [&](std::size_t chunk) {
    ++begun;
    while (begun < 3) std::this_thread::yield();
    if (chunk == 1) throw std::runtime_error("the second");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ++ended;
  });

  EXPECT_EQ(text, "the second");
  EXPECT_EQ(ended, 2);
}

TEST(Pool, KeepsTheTypeOfWhatIsThrownAlsoWithoutOtherThreads) {
  for (const std::size_t threads : {1U, 2U}) {
    Pool pool(threads);

    EXPECT_THROW(pool.run(5, [](std::size_t) { throw std::bad_alloc(); }), std::bad_alloc);
    EXPECT_TRUE(works(pool));
  }
}

TEST(RunChunks, KeepsTheOrderWhenThereIsNoPool) {
  std::vector<std::size_t> order;

  run_chunks(nullptr, 4, [&](std::size_t chunk) { order.push_back(chunk); });

  EXPECT_THAT(order, ::testing::ElementsAre(0, 1, 2, 3));
}

}  // namespace
}  // namespace tailrace
