#include <gtest/gtest.h>

#include <set>

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/recipe/async_sgd.hpp"
#include "tailrace/recipe/random_async_sgd.hpp"

/// How stale updates are, against what must hold whatever the delays.
namespace tailrace::engine {
namespace {

using testing::fixed_timing;
using testing::Toy;

class Staleness final : public Observer {
 public:
  void started(WorkerId /*worker*/, JobNumber /*job*/, Version version, Time /*now*/) override {
    in_flight.insert(version);
  }
  void arrived(const policy::Arrived& arrived, policy::Update& /*update*/, Time /*now*/) override {
    values.push_back(version_ - arrived.started);
    in_flight.erase(in_flight.find(arrived.started));
  }
  void stepped(Version version, std::span<const Real> /*model*/, Time /*now*/) override {
    version_ = version;
  }
  std::vector<std::uint64_t> values;  ///< of arrivals
  std::multiset<Version> in_flight;   ///< where the others started

 private:
  Version version_ = 0;
};

TEST(StalenessOf, EqualWorkersSettlesAtOneLessThanTheirNumber) {
  for (const std::size_t workers : {1U, 2U, 7U, 40U}) {
    Staleness staleness;

    const auto result = simulate(Toy({.workers = workers}), recipe::AsyncSgd{}.method(),
                                 *fixed_timing(std::vector<double>(workers, 1.5)),
                                 {.stop = {.steps = 10 * workers}, .observer = &staleness});

    ASSERT_TRUE(result);
    for (std::size_t i = 0; i < staleness.values.size(); ++i) {
      EXPECT_EQ(staleness.values[i], std::min(i, workers - 1)) << "arrival " << i;
    }
    EXPECT_EQ(result->counts.staleness_max, workers - 1);
  }
}

TEST(StalenessOf, EveryStepMakesAllOtherJobsInFlightOlderByOne) {
  // So after T steps with C jobs in flight, arrivals and jobs in flight have aged by T (C - 1)
  // together, and the mean over arrivals tends to C - 1 whatever the delays.
  constexpr std::uint64_t concurrency = 12;
  constexpr std::uint64_t steps = 20'000;
  const auto timing = delay::build_timing(
      {.count = 8, .speed = delay::LinearSpeeds{}, .delay = delay::Exponential{}}, {.seed = 3});
  ASSERT_TRUE(timing);
  Staleness staleness;

  const auto result =
      simulate(Toy({.workers = 8}), recipe::RandomAsyncSgd{.concurrency = concurrency}.method(),
               **timing, {.stop = {.steps = steps}, .observer = &staleness});

  ASSERT_TRUE(result);
  std::uint64_t aged = 0;
  for (const std::uint64_t value : staleness.values) aged += value;
  for (const Version started : staleness.in_flight) aged += steps - started;
  EXPECT_EQ(staleness.in_flight.size(), concurrency);
  EXPECT_EQ(aged, steps * (concurrency - 1));
  EXPECT_NEAR(result->counts.staleness_mean(), concurrency - 1, 0.1);
  EXPECT_EQ(result->concurrency_mean, concurrency);
}

}  // namespace
}  // namespace tailrace::engine
