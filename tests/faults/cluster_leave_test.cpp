#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tailrace/engine/run_log.hpp"
#include "tests/faults/evidence.hpp"

/// Ends that are wanted: signals, and certificates that are revoked.
namespace tailrace::faults {
namespace {

constexpr std::uint64_t endless = 1'000'000'000;

TEST(ATerminatedServer, SavesAndItsWorkersWaitForTheNextOne) {
  Cluster cluster({.method = std::string(with_memory), .steps = endless});
  ASSERT_TRUE(cluster.serves());
  cluster.work_all();
  ASSERT_TRUE(cluster.gets_on());

  Evidence evidence(cluster);
  cluster.server().signal(SIGTERM);
  ASSERT_TRUE(cluster.server().wait().has_value());
  evidence.server_died();

  const auto log = engine::read_run_log(cluster.file("run.log"));
  ASSERT_TRUE(log);
  EXPECT_FALSE(log->torn);
  EXPECT_EQ(evidence.durable_bytes(), std::filesystem::file_size(cluster.file("run.log")))
      << "it was not all saved";
  ASSERT_TRUE(cluster.goes_on_for(500)) << cluster.server_output();
  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();
  evidence.expect_truth();
  for (WorkerId worker = 0; worker < cluster.workers(); ++worker) {
    EXPECT_EQ(cluster.worker(worker).wait(), 0) << cluster.worker(worker).output();
  }
}

TEST(ATerminatedWorker, LeavesWithoutAnErrorAndAnotherTakesItsPlace) {
  Cluster cluster({.method = std::string(every_worker_every_step), .steps = endless});
  ASSERT_TRUE(cluster.serves());
  cluster.work_all();
  ASSERT_TRUE(cluster.gets_on());

  cluster.worker(1).signal(SIGTERM);
  EXPECT_EQ(cluster.worker(1).wait(), 0) << cluster.worker(1).output();
  cluster.work(1);

  EXPECT_TRUE(cluster.gets_on(200)) << "its jobs are not computed any more";
  ASSERT_TRUE(cluster.goes_on_for(100)) << cluster.server_output();
  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();
  Evidence(cluster).expect_truth();
}

/// Certificates for this cluster, and whoever starts uses them.
void certify(Cluster& cluster) {
  const std::string certificates = cluster.beside("certificates");
  const Ended made = run(
      {TAILRACE_PROGRAM, "certs", certificates, "--workers", fmt::to_string(cluster.workers())});
  ASSERT_EQ(made.exit, 0) << made.output;
  cluster.ways.certificates = certificates;
}

// A worker's last channel takes gRPC's thread along, which is a race that few restarts win.
TEST(AWorker, OutlivesFifteenServers) {
  Cluster cluster({.method = std::string(with_memory), .steps = endless});
  ASSERT_NO_FATAL_FAILURE(certify(cluster));
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  cluster.work_all();

  for (int server = 1; server <= 15; ++server) {
    for (WorkerId worker = 0; worker < cluster.workers(); ++worker) {
      ASSERT_TRUE(cluster.server().prints(fmt::format("joined: worker-{} ", worker)))
          << cluster.worker(worker).output();
      ASSERT_TRUE(cluster.worker(worker).running()) << cluster.worker(worker).output();
    }
    cluster.server().signal(SIGTERM);
    ASSERT_TRUE(cluster.server().wait().has_value());
    ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  }
}

TEST(ARevokedCertificate, EndsItsWorkerWithTheReasonAndNobodyElse) {
  Cluster cluster({.method = std::string(server_centric), .steps = endless});
  ASSERT_NO_FATAL_FAILURE(certify(cluster));
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  cluster.work_all();
  for (WorkerId worker = 0; worker < cluster.workers(); ++worker) {
    ASSERT_TRUE(cluster.server().prints(fmt::format("joined: worker-{} ", worker)));
  }

  const Ended revoked =
      run({TAILRACE_PROGRAM, "certs", cluster.ways.certificates, "--revoke", "worker-1"});
  ASSERT_EQ(revoked.exit, 0) << revoked.output;
  const std::optional<int> end = cluster.worker(1).wait();

  ASSERT_TRUE(end.has_value()) << "it works on";
  EXPECT_NE(*end, 0);
  EXPECT_NE(cluster.worker(1).output().find("revoked"), std::string::npos)
      << cluster.worker(1).output();
  cluster.work(1);  // and it is not let in again
  ASSERT_TRUE(cluster.worker(1).wait().has_value());
  EXPECT_NE(*cluster.worker(1).wait(), 0);
  EXPECT_TRUE(cluster.gets_on());
  ASSERT_TRUE(cluster.goes_on_for(500)) << cluster.server_output();
  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();
  Evidence(cluster).expect_truth();
  for (const WorkerId worker : {0U, 2U, 3U}) {
    EXPECT_EQ(cluster.worker(worker).wait(), 0) << cluster.worker(worker).output();
  }
}

}  // namespace
}  // namespace tailrace::faults
