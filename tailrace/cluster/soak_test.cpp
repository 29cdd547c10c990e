#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <fstream>

#include "tailrace/cluster/cluster_test.hpp"

/// Hundreds of sessions at once for a while: all are served, and the memory stays what it was.
/// TAILRACE_SOAK_SECONDS says for how long.
namespace tailrace::cluster::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t sessions = 500;

double resident_megabytes() {
  std::ifstream statm("/proc/self/statm");
  double all = 0;
  double resident = 0;
  statm >> all >> resident;
  return resident * 4096 / 1e6;
}

double seconds_to_run() {
  const char* const text = std::getenv("TAILRACE_SOAK_SECONDS");
  return text != nullptr ? std::atof(text) : 5;
}

TEST(Soak, ServesFiveHundredSessionsInTheSameMemory) {
  const engine::testing::Toy problem({.workers = sessions, .dimension = 1000, .noise = 1});
  const policy::Method method{.step_size = policy::ConstantStep{.value = 1e-3}};
  std::atomic<bool> stop = false;
  const engine::RunOptions options{.interrupt = &stop};
  const Cast cast{.problem = problem,
                  .method = method,
                  .options = options,
                  .host = {.cluster = {.updates = 8}},
                  .members = sessions};
  auto host = std::move(*make_host(problem, method, options, cast.host));
  LocalBridge bridge(*host);
  std::vector<std::uint64_t> served(sessions);
  std::vector<double> megabytes;
  {
    Ticker ticker(*host);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < sessions; ++i) {
      threads.emplace_back([&, i] {
        const std::vector<WorkerId> workers = workers_of(cast, i);
        auto client = Client::connect(bridge.connect("member", workers), {.workers = workers});
        ASSERT_TRUE(client);
        std::vector<Real> gradient(1000, 1e-6F);
        while (!stop) {
          const auto job = (*client)->next_job();
          if (!job || !*job) break;
          const auto answer = (*client)->send(**job, gradient);
          if (answer && *answer == Client::Answer::applied) ++served[i];
        }
      });
    }
    const auto began = Clock::now();
    const std::chrono::duration<double> length(seconds_to_run());
    const auto sample = [&](double share) {
      std::this_thread::sleep_until(began +
                                    std::chrono::duration_cast<Clock::duration>(share * length));
      megabytes.push_back(resident_megabytes());
    };
    for (const double share : {0.4, 0.6, 0.8, 1.0}) sample(share);
    stop = true;
    for (std::thread& thread : threads) thread.join();
  }

  const Standings standings = host->standings();
  std::cout << standings.updates_applied << " updates of " << sessions << " sessions in "
            << seconds_to_run() << " s; resident";
  for (const double each : megabytes) std::cout << " " << each;
  std::cout << " MB\n";
  for (std::size_t i = 0; i < sessions; ++i) EXPECT_GT(served[i], 0U) << "session " << i;
  EXPECT_EQ(standings.leases_ended, 0U);
  // Three versions of the model for each session are 6 MB; a leak of one for each update is more.
  EXPECT_LT(megabytes.back(), megabytes.front() + 20);
}

}  // namespace
}  // namespace tailrace::cluster::testing
