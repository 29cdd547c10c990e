#include "tailrace/problem/distinct_sampler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

#include "tailrace/core/statistical_test.hpp"

namespace tailrace::problem {
namespace {

TEST(DistinctSampler, DrawsDistinctNumbersBelowTheBound) {
  DistinctSampler sampler(20);
  Stream stream("distinct");
  for (std::size_t bound = 1; bound <= 20; ++bound) {
    for (std::size_t count = 0; count <= bound; ++count) {
      std::vector<std::uint32_t> picks(count);

      sampler.draw(stream, bound, picks);

      EXPECT_THAT(picks, ::testing::Each(::testing::Lt(bound)));
      EXPECT_EQ(std::set(picks.begin(), picks.end()).size(), count);
    }
  }
}

TEST(DistinctSampler, DependsOnTheStreamAloneNotOnEarlierDraws) {
  DistinctSampler used(10);
  Stream other("other");
  std::array<std::uint32_t, 7> ignored{};
  for (int k = 0; k < 100; ++k) used.draw(other, 9, ignored);
  DistinctSampler fresh(10);
  Stream stream("distinct");
  Stream again("distinct");
  std::array<std::uint32_t, 5> first{};
  std::array<std::uint32_t, 5> second{};

  fresh.draw(stream, 10, first);
  used.draw(again, 10, second);

  EXPECT_EQ(first, second);
}

// 6 ordered pairs out of 3 numbers; 60,000 draws, false alarm 1e-6 a pair.
TEST(DistinctSampler, MakesEveryOrderedChoiceEquallyLikely) {
  constexpr std::size_t draws = 60'000;
  DistinctSampler sampler(3);
  Stream stream("distinct pairs");
  std::array<std::vector<double>, 9> hits;
  for (std::size_t k = 0; k < draws; ++k) {
    std::array<std::uint32_t, 2> pair{};
    sampler.draw(stream, 3, pair);
    for (std::size_t other = 0; other < hits.size(); ++other) {
      hits[other].push_back(other == 3 * pair[0] + pair[1] ? 1 : 0);
    }
  }

  for (std::size_t pair = 0; pair < hits.size(); ++pair) {
    const double expected = pair / 3 == pair % 3 ? 0 : 1.0 / 6;
    tailrace::testing::expect_mean_of_bounded(hits[pair], expected, 0, 1);
  }
}

}  // namespace
}  // namespace tailrace::problem
