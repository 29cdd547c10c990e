#include <gtest/gtest.h>

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/math/vector.hpp"
#include "tests/golden/golden.hpp"
#include "tests/named_methods.hpp"

/// The final model of every method, to the bit: on any number of threads, in every build, today and
/// in a year.
namespace tailrace::engine {
namespace {

using tailrace::testing::expect_golden;
using tailrace::testing::named_methods;
using tailrace::testing::NamedMethod;
using testing::Toy;

constexpr WorkerId workers = 8;

std::uint64_t hash_of(const policy::Method& method, const Toy& toy, std::size_t threads,
                      std::uint64_t gradients = 300) {
  auto timing = delay::build_timing({.count = workers,
                                     .speed = delay::LinearSpeeds{},
                                     .delay = delay::Uniform{},
                                     .network = delay::Network{.both = {.latency = {100'000'000}}}},
                                    {.seed = 6});
  EXPECT_TRUE(timing);
  const auto result = simulate(toy, method, **timing,
                               {.seed = 6, .stop = {.gradients = gradients}, .threads = threads});
  EXPECT_TRUE(result);
  EXPECT_NE(result->ending, Ending::diverged);
  return result->model_hash;
}

std::string table(const Toy& toy, std::size_t threads) {
  std::string text;
  for (const NamedMethod& each : named_methods()) {
    text += fmt::format("{:016x}  {}\n", hash_of(each.method, toy, threads), each.name);
  }
  return text;
}

TEST(GoldenModels, AreTheSameOnOneThread) {
  expect_golden("models.txt", table(Toy({.workers = workers, .dimension = 37, .noise = 2}), 1));
}

TEST(GoldenModels, AreTheSameOnSeveralThreads) {
  // Every gradient burns 30 us of real time: enough for jobs to be handed to other threads.
  const Toy toy(
      {.workers = workers, .dimension = 37, .noise = 2, .cost = std::chrono::microseconds(30)});

  expect_golden("models.txt", table(toy, 2));
  expect_golden("models.txt", table(toy, 8));
}

TEST(GoldenModels, AreTheSameWhenThreadsShareTheSweepsOverALargeModel) {
  const Toy toy({.workers = workers, .dimension = 3 * math::chunk_size + 1});
  std::string text;
  for (const NamedMethod& each : named_methods()) {
    if (each.name != "bi2clip" && each.name != "clip2, server_centric" && each.name != "fedbuff")
      continue;
    const std::uint64_t hash = hash_of(each.method, toy, 1, 40);
    EXPECT_EQ(hash_of(each.method, toy, 3, 40), hash) << each.name;
    text += fmt::format("{:016x}  {}\n", hash, each.name);
  }

  expect_golden("large_models.txt", text);
}

}  // namespace
}  // namespace tailrace::engine
