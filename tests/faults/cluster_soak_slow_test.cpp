#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "tests/faults/evidence.hpp"

namespace tailrace::faults {
namespace {

constexpr WorkerId sessions = 500;
constexpr WorkerId processes = 5;

double of_sorted(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

/// 500 sessions for half a minute, or for TAILRACE_SOAK_MINUTES: nobody is lost, and the memory
/// stays flat. What is measured is printed and judged by nobody, since it depends on the machine.
TEST(FiveHundredSessions, AreServedToTheEnd) {
  const char* minutes = std::getenv("TAILRACE_SOAK_MINUTES");
  const double seconds = minutes != nullptr ? 60 * std::atof(minutes) : 30;
  // Everybody sends once a second: what is measured is a server at work, not one at its limit.
  Cluster cluster({.method = std::string(server_centric),
                   .steps = 1'000'000'000,
                   .workers = sessions,
                   .cluster = "limits.updates_per_second = 1",
                   .stop = fmt::format(", time = \"{}s\"", seconds)});
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  std::vector<Process> clients;
  for (WorkerId i = 0; i < processes; ++i) {
    constexpr WorkerId each = sessions / processes;
    clients.emplace_back(
        Start{.command = {TAILRACE_SOAK_CLIENTS, fmt::format("127.0.0.1:{}", cluster.port()),
                          cluster.folder() + "/experiment.toml", fmt::to_string(i * each),
                          fmt::to_string((i + 1) * each - 1)},
              .output = cluster.beside(fmt::format("clients-{}.txt", i))});
  }

  std::vector<std::uint64_t> memory;
  const auto over = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(seconds) + patience);
  ASSERT_TRUE(eventually(
      [&] {
        std::this_thread::sleep_for(500ms);
        if (!cluster.server().running()) return true;
        memory.push_back(cluster.server().resident());
        return false;
      },
      over));

  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();
  std::vector<double> latencies;
  for (Process& client : clients) {
    EXPECT_EQ(client.wait(), 0) << client.output().substr(0, 2000);
    std::istringstream lines(client.output());
    for (double latency = 0; lines >> latency;) latencies.push_back(latency);
  }
  ASSERT_FALSE(latencies.empty());
  std::sort(latencies.begin(), latencies.end());
  fmt::print(
      "{} updates in {} s; sent to applied: 50 % {:.2f} ms, 99 % {:.2f} ms, 99.9 % {:.2f} "
      "ms\n",
      latencies.size(), seconds, 1e3 * of_sorted(latencies, 0.5), 1e3 * of_sorted(latencies, 0.99),
      1e3 * of_sorted(latencies, 0.999));
  for (int eighth = 0; eighth < 8; ++eighth) {
    fmt::print("memory after {}/8: {:.1f} MB\n", eighth + 1,
               1e-6 * static_cast<double>(memory[(memory.size() - 1) * (eighth + 1) / 8]));
  }
  Evidence(cluster).expect_truth();
}

}  // namespace
}  // namespace tailrace::faults
