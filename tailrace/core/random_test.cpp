#include "tailrace/core/random.hpp"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "tailrace/core/statistical_test.hpp"

namespace tailrace {
namespace {

TEST(Stream, MatchesThePublishedPhiloxVector) {
  Stream stream(0, 0,
                0);  // key 0, counter 0: first line of philox4x32-10 in Random123's kat_vectors

  EXPECT_EQ(stream.bits32(), 0x6627e8d5u);
  EXPECT_EQ(stream.bits32(), 0xe169c58du);
  EXPECT_EQ(stream.bits32(), 0xbc57ac4cu);
  EXPECT_EQ(stream.bits32(), 0x9b00dbd8u);
}

TEST(Stream, CountsBlocksInTheFirstWordAndNamesTheJobInTheOthers) {
  Stream stream(0x299f31d0a4093822u, 0x03707344u, 0x13198a2e85a308d3u);

  for (std::uint32_t block = 0; block < 3; ++block) {
    const philox4x32_ctr_t counter = {{block, 0x85a308d3u, 0x13198a2eu, 0x03707344u}};
    const philox4x32_key_t key = {{0xa4093822u, 0x299f31d0u}};
    const philox4x32_ctr_t expected = philox4x32(counter, key);
    for (const std::uint32_t word : expected.v) EXPECT_EQ(stream.bits32(), word);
  }
}

TEST(Stream, GivesTheSameBitsForTheSameName) {
  Stream first(7, Purpose::compute, 3, 11);
  Stream second(7, Purpose::compute, 3, 11);

  for (int i = 0; i < 100; ++i) EXPECT_EQ(first.bits64(), second.bits64());
}

TEST(Stream, GivesOtherBitsWhenAnyPartOfTheNameDiffers) {
  std::set<std::uint64_t> seen;
  int streams = 0;
  for (const std::uint64_t seed : {0u, 1u, 2u}) {
    for (const Purpose purpose : {Purpose::batch, Purpose::noise, Purpose::compute}) {
      for (const std::uint32_t worker : {0u, 1u, 255u}) {
        for (const std::uint64_t number :
             {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 40}) {
          seen.insert(Stream(seed, purpose, worker, number).bits64());
          ++streams;
        }
      }
    }
  }

  // 81 draws of 64 bits meet by chance with probability 2e-16.
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(streams));
}

TEST(Stream, IsUniformAcrossNeighboringJobsWorkersAndSeeds) {
  // 3 x 100,000 samples, false alarm 1e-6 each.
  std::uint64_t n = 0;
  testing::expect_follows(
      testing::sample(100'000, [&] { return Stream(1, Purpose::compute, 0, n++).uniform(); }),
      [](double x) { return x; });
  testing::expect_follows(testing::sample(100'000,
                                          [&] {
                                            const auto worker = static_cast<std::uint32_t>(n++);
                                            return Stream(1, Purpose::compute, worker).uniform();
                                          }),
                          [](double x) { return x; });
  testing::expect_follows(
      testing::sample(100'000, [&] { return Stream(n++, Purpose::compute).uniform(); }),
      [](double x) { return x; });
}

TEST(Stream, NeighboringJobsAreUncorrelated) {
  // 100,000 samples of (2u - 1)(2v - 1), which lie in [-1, 1] with mean 0; false alarm 1e-6.
  std::uint64_t n = 0;
  const auto products = testing::sample(100'000, [&] {
    const double u = Stream(1, Purpose::noise, 5, n).uniform();
    const double v = Stream(1, Purpose::noise, 5, ++n).uniform();
    return (2 * u - 1) * (2 * v - 1);
  });

  testing::expect_mean_of_bounded(products, 0, -1, 1);
}

TEST(Stream, BelowIsUniformWhereTheRangeDividesNothing) {
  // 60,000 draws below 6 and 3 * 2^62: the second rejects a quarter of all words. False alarm 1e-6
  // each.
  Stream stream("below");
  testing::expect_follows(
      testing::sample(60'000, [&] { return static_cast<double>(stream.below(6)); }),
      [](double x) { return std::clamp((std::floor(x) + 1) / 6, 0.0, 1.0); });
  constexpr std::uint64_t large = std::uint64_t{3} << 62;
  testing::expect_follows(
      testing::sample(60'000,
                      [&] { return static_cast<double>(stream.below(large)) * 0x1p-62 / 3; }),
      [](double x) { return std::clamp(x, 0.0, 1.0); });
}

TEST(Stream, BelowOneIsZero) {
  Stream stream("below one");

  for (int i = 0; i < 100; ++i) EXPECT_EQ(stream.below(1), 0u);
}

}  // namespace
}  // namespace tailrace
