#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/faults/evidence.hpp"

/// Processes that stand still for longer than a lease (1 s).
namespace tailrace::faults {
namespace {

constexpr std::uint64_t endless = 1'000'000'000;

void expect_that_all_workers_end_well(Cluster& cluster) {
  for (WorkerId worker = 0; worker < cluster.workers(); ++worker) {
    EXPECT_EQ(cluster.worker(worker).wait(), 0) << cluster.worker(worker).output();
  }
}

/// Sessions that have begun with the server that runs now.
std::size_t sessions_begun(Cluster& cluster) {
  const std::string output = cluster.server().output();
  std::size_t count = 0;
  for (std::size_t at = 0; (at = output.find("joined: ", at)) != std::string::npos; ++at) ++count;
  return count;
}

TEST(AStoppedWorker, LosesItsJobsToAStandInAndComesBack) {
  Cluster cluster({.method = std::string(every_worker_every_step),
                   .steps = endless,
                   .cluster = "stand_in = \"anybody\""});
  ASSERT_TRUE(cluster.serves());
  cluster.work_all();
  ASSERT_TRUE(cluster.gets_on());

  cluster.worker(2).signal(SIGSTOP);
  ASSERT_TRUE(cluster.server().prints("nothing was heard for"));
  EXPECT_TRUE(cluster.gets_on()) << "no step is made without its jobs";
  const std::size_t sessions = sessions_begun(cluster);
  cluster.worker(2).signal(SIGCONT);

  EXPECT_TRUE(eventually([&] { return sessions_begun(cluster) > sessions; }));
  ASSERT_TRUE(cluster.goes_on_for(200)) << cluster.server_output();
  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();
  Evidence(cluster).expect_truth();
  expect_that_all_workers_end_well(cluster);
}

TEST(AStoppedServer, FindsEveryWorkerAgain) {
  Cluster cluster({.method = std::string(every_worker_every_step), .steps = endless});
  ASSERT_TRUE(cluster.serves());
  cluster.work_all();
  ASSERT_TRUE(cluster.gets_on());

  cluster.server().signal(SIGSTOP);
  std::this_thread::sleep_for(2500ms);
  cluster.server().signal(SIGCONT);

  EXPECT_TRUE(cluster.gets_on(500)) << "somebody is missing";
  ASSERT_TRUE(cluster.goes_on_for(200)) << cluster.server_output();
  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();
  Evidence(cluster).expect_truth();
  expect_that_all_workers_end_well(cluster);
}

}  // namespace
}  // namespace tailrace::faults
