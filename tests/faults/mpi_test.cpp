#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/faults/evidence.hpp"

/// Ranks that die. The server is rank 0, and the workers' jobs are computed by the others.
namespace tailrace::faults {
namespace {

namespace fs = std::filesystem;
using engine::testing::read_text;

constexpr int ranks = 4;

/// Three ranks have the jobs of three workers; a stand-in takes those of one that is gone.
Training training_on_ranks() {
  return {.method = std::string(server_centric),
          .steps = 600,
          .workers = ranks - 1,
          .cluster = "stand_in = \"anybody\""};
}

class RanksThatDie : public ::testing::Test {
 protected:
  RanksThatDie() : cluster_(training_on_ranks()) {}

  /// Starts the run, or goes on with it.
  Process start(const std::vector<std::string>& more) const {
    std::vector<std::string> command = {TAILRACE_MPIRUN, "--oversubscribe", "-n",
                                        fmt::to_string(ranks)};
    command.insert(command.end(), more.begin(), more.end());
    command.insert(command.end(), {TAILRACE_PROGRAM, "run", "--engine", "mpi"});
    if (fs::exists(cluster_.folder() + "/experiment.toml")) {
      command.insert(command.end(), {"--resume", cluster_.folder()});
    } else {
      command.insert(command.end(),
                     {cluster_.beside("experiment.toml"), "--out", cluster_.folder()});
    }
    return Process(
        Start{.command = command,
              .output = cluster_.beside("output.txt"),
              .environment = {"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"}});
  }

  [[nodiscard]] bool trains() const {
    return eventually([&] { return fs::exists(cluster_.file("checkpoint")); });
  }

  /// Kills a rank of this run; false if it is not there.
  [[nodiscard]] bool kill_rank(int rank) const {
    const std::string name = fmt::format("OMPI_COMM_WORLD_RANK={}", rank);
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const int id = std::atoi(entry.path().filename().c_str());
      if (id <= 0) continue;
      const std::string command = read_text(entry.path() / "cmdline");
      const std::string environment = read_text(entry.path() / "environ");
      // Its arguments are apart by zeros, and the folder is nobody else's.
      if (!command.starts_with(TAILRACE_PROGRAM) ||
          command.find(cluster_.beside("")) == std::string::npos ||
          environment.find(name + '\0') == std::string::npos) {
        continue;
      }
      return ::kill(id, SIGKILL) == 0;
    }
    return false;
  }

  void expect_that_it_is_finished(const Process& process) const {
    EXPECT_TRUE(fs::exists(cluster_.file("result.json"))) << process.output();
    EXPECT_EQ(read_text(cluster_.file("result.json")).find("interrupted"), std::string::npos);
  }

  Cluster cluster_;
};

TEST_F(RanksThatDie, CostTheirJobsAloneWhereMpiLetsTheOthersGoOn) {
  Process process = start({"--enable-recovery"});
  ASSERT_TRUE(trains()) << process.output();

  ASSERT_TRUE(kill_rank(2)) << process.output();

  ASSERT_TRUE(process.wait().has_value()) << process.output();
  expect_that_it_is_finished(process);
  Evidence(cluster_).expect_truth();
}

TEST_F(RanksThatDie, EndTheJobElseAndItGoesOnFromItsCheckpoint) {
  Evidence evidence(cluster_);
  Process process = start({});
  ASSERT_TRUE(trains()) << process.output();

  ASSERT_TRUE(kill_rank(2)) << process.output();
  const std::optional<int> end = process.wait();
  ASSERT_TRUE(end.has_value()) << process.output();
  EXPECT_NE(*end, 0);
  evidence.server_died();
  process = start({});

  EXPECT_EQ(process.wait(), 0) << process.output();
  EXPECT_EQ(evidence.deaths(), 1U);
  expect_that_it_is_finished(process);
  evidence.expect_truth();
}

}  // namespace
}  // namespace tailrace::faults
