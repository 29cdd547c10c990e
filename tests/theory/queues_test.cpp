#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/recipe/clipped_async_sgd.hpp"
#include "tailrace/recipe/federated_clipped_async_sgd.hpp"
#include "tailrace/recipe/minibatch_sgd.hpp"
#include "tailrace/recipe/random_async_sgd.hpp"
#include "tailrace/recipe/shuffled_async_sgd.hpp"

/// How fast work flows, against what queueing theory says.
namespace tailrace::engine {
namespace {

using testing::fixed_timing;
using testing::Toy;

constexpr std::int64_t second = 1'000'000'000;
constexpr WorkerId two_speed_workers = 16;

/// Half of sixteen workers take 1 s, half take `slowdown` seconds.
std::unique_ptr<delay::Timing> two_speed_timing(double slowdown, delay::DelayModels::Choice delay) {
  auto timing =
      delay::build_timing({.count = two_speed_workers,
                           .speed = delay::TwoSpeeds{.slow_share = 0.5, .slowdown = slowdown},
                           .delay = std::move(delay)},
                          {.seed = 1});
  EXPECT_TRUE(timing);
  return std::move(*timing);
}

class ArrivalTimes final : public Observer {
 public:
  void arrived(const policy::Arrived& /*arrived*/, policy::Update& /*update*/, Time now) override {
    seconds.push_back(now.seconds());
  }
  std::vector<double> seconds;
};

struct Estimate {
  double mean = 0;
  double error = 0;  ///< standard error of the mean
};

/// Time between arrivals by the method of batch means: 50 batches of 16,000 arrivals, long enough
/// to be nearly independent, after a first batch that is dropped for not being stationary.
Estimate time_per_call(const policy::Method& method, delay::Timing& timing) {
  constexpr std::size_t batch = 16'000;
  constexpr std::size_t batches = 50;
  ArrivalTimes times;
  const auto result = simulate(Toy({.workers = two_speed_workers}), method, timing,
                               {.stop = {.gradients = batch * (batches + 1)}, .observer = &times});
  EXPECT_TRUE(result);
  std::vector<double> means;
  for (std::size_t i = 1; i <= batches; ++i) {
    means.push_back((times.seconds[(i + 1) * batch - 1] - times.seconds[i * batch - 1]) / batch);
  }
  Estimate estimate;
  for (const double mean : means) estimate.mean += mean / batches;
  double squares = 0;
  for (const double mean : means) squares += std::pow(mean - estimate.mean, 2);
  estimate.error = std::sqrt(squares / (batches - 1) / batches);
  return estimate;
}

/// Time per departure of a closed network of single-server queues with exponential service times
/// `means`, as many customers as queues, each going to a uniformly drawn queue after every service.
///
/// The network has product form: with G(m) the sum over all ways to spread m customers of
/// prod_i means_i^(customers at i), every queue serves G(n-1) / G(n) customers per unit of time.
/// G comes from Buzen's recursion.
double product_form_time_per_call(const std::vector<double>& means) {
  const std::size_t customers = means.size();
  std::vector<double> g(customers + 1, 0);
  g[0] = 1;
  for (const double mean : means) {
    for (std::size_t m = 1; m <= customers; ++m) g[m] += mean * g[m - 1];
  }
  return g[customers] / g[customers - 1] / static_cast<double>(means.size());
}

TEST(Queues, BackToTheSenderEveryWorkerIsAlwaysBusy) {
  // 8 fast workers make 8 calls a second, 8 slow ones 8 / slowdown.
  for (const auto& [slowdown, expected] : {std::pair(4.0, 0.1000), std::pair(8.0, 0.1111)}) {
    const auto timing = two_speed_timing(slowdown, delay::Fixed{});

    const auto result = simulate(Toy({.workers = 16}), recipe::ClippedAsyncSgd{}.method(), *timing,
                                 {.stop = {.time = Time{8000 * second}}});

    ASSERT_TRUE(result);
    EXPECT_EQ(static_cast<double>(result->gradients), 8 * 8000 + 8 * 8000 / slowdown);
    EXPECT_NEAR(result->time.seconds() / static_cast<double>(result->gradients), expected, 5e-5);
    for (const double busy : result->utilization) EXPECT_EQ(busy, 1);
  }
}

TEST(Queues, UniformAssignmentWithExponentialTimesHasProductForm) {
  for (const auto& [slowdown, known] : {std::pair(4.0, 0.3723), std::pair(8.0, 0.7300)}) {
    std::vector<double> means(8, 1.0);
    means.resize(16, slowdown);
    const double expected = product_form_time_per_call(means);
    EXPECT_NEAR(expected, known, 5e-5);

    const auto timing = two_speed_timing(slowdown, delay::Exponential{});
    const Estimate measured = time_per_call(recipe::FederatedClippedAsyncSgd{}.method(), *timing);

    // 50 batch means: 5 standard errors have a false-alarm rate of 8e-6 (Student's t, 49 degrees).
    EXPECT_NEAR(measured.mean, expected, 5 * measured.error);
    EXPECT_LT(measured.error, 0.003 * expected) << "the test has power";
  }
}

TEST(Queues, UniformAssignmentWithFixedTimesIsAsFastAsOthersMeasured) {
  // No closed form; an independent simulation, given to three digits.
  for (const auto& [slowdown, known] : {std::pair(4.0, 0.327), std::pair(8.0, 0.643)}) {
    const auto timing = two_speed_timing(slowdown, delay::Fixed{});

    const Estimate measured = time_per_call(recipe::FederatedClippedAsyncSgd{}.method(), *timing);

    EXPECT_NEAR(measured.mean, known, 5 * measured.error + 5e-4);
    EXPECT_LT(measured.error, 0.003 * known) << "the test has power";
  }
}

TEST(Queues, AMiniBatchStepTakesAsLongAsTheSlowestWorker) {
  // Nanoseconds that are no round numbers in binary.
  const auto timing = fixed_timing({0.1, 0.7, 0.300000001, 0.699999999});

  const auto result = simulate(Toy({.workers = 4}), recipe::MinibatchSgd{}.method(), *timing,
                               {.stop = {.steps = 1234}});

  ASSERT_TRUE(result);
  EXPECT_EQ(result->time, Time{1234 * 700'000'000LL});
  EXPECT_EQ(result->gradients, 4U * 1234);
  EXPECT_EQ(result->counts.staleness_max, 0U);
  EXPECT_NEAR(result->utilization[0], 1.0 / 7, 1e-12);
}

/// Checks that a worker of fixed speed begins a job the moment it is free: a job arrives one
/// service time after it was given or after the job before it, whichever is later.
class NoQueueIdles final : public Observer {
 public:
  explicit NoQueueIdles(std::vector<double> seconds) : seconds_(std::move(seconds)) {}
  void started(WorkerId worker, JobNumber job, Version /*version*/, Time now) override {
    given_[{worker, job}] = now;
  }
  void arrived(const policy::Arrived& arrived, policy::Update& /*update*/, Time now) override {
    const Time begin = std::max(given_[{arrived.worker, arrived.job}], free_[arrived.worker]);
    held &= now == begin + Time::from_seconds(seconds_[arrived.worker]);
    held &= arrived.job == next_[arrived.worker]++;
    queued += free_[arrived.worker] > given_[{arrived.worker, arrived.job}] ? 1 : 0;
    free_[arrived.worker] = now;
  }
  bool held = true;
  int queued = 0;

 private:
  std::vector<double> seconds_;
  std::map<std::pair<WorkerId, JobNumber>, Time> given_;
  std::map<WorkerId, Time> free_;
  std::map<WorkerId, JobNumber> next_;
};

TEST(Queues, AQueueThatIsNotEmptyIsBeingServed) {
  std::vector<double> seconds;
  for (int i = 1; i <= 10; ++i) seconds.push_back(i);
  for (const policy::Method& method :
       {recipe::RandomAsyncSgd{}.method(), recipe::ShuffledAsyncSgd{}.method(),
        recipe::RandomAsyncSgd{.wait = 3, .concurrency = 20}.method()}) {
    NoQueueIdles observer(seconds);

    const auto result = simulate(Toy({.workers = 10}), method, *fixed_timing(seconds),
                                 {.stop = {.gradients = 3000}, .observer = &observer});

    ASSERT_TRUE(result);
    EXPECT_TRUE(observer.held);
    EXPECT_GT(observer.queued, 500) << "queues did build up";
  }
}

TEST(Queues, FiveHundredPureUpdatesOfTenLinearWorkersTakeTheKnownTime) {
  // sum_i floor(T / i) reaches 500 at T = 172; independent simulations agree.
  std::vector<double> seconds;
  for (int i = 1; i <= 10; ++i) seconds.push_back(i);

  const auto result = simulate(Toy({.workers = 10}), recipe::ClippedAsyncSgd{}.method(),
                               *fixed_timing(seconds), {.stop = {.steps = 500}});

  ASSERT_TRUE(result);
  EXPECT_EQ(result->time, Time{172 * second});
}

}  // namespace
}  // namespace tailrace::engine
