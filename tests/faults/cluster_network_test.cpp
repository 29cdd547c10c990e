#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "tests/faults/evidence.hpp"
#include "tests/faults/relay.hpp"

/// Networks that are cut, slow and lossy: through a relay, and between network namespaces where
/// this machine allows them.
namespace tailrace::faults {
namespace {

constexpr std::uint64_t endless = 1'000'000'000;
/// The lease is 1 s.
constexpr auto longer_than_a_lease = 2500ms;

bool shell(const std::string& line) { return run({"sh", "-c", line}).exit == 0; }

void expect_that_it_finishes(Cluster& cluster, std::uint64_t steps) {
  ASSERT_TRUE(cluster.goes_on_for(steps)) << cluster.server_output();
  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();
  Evidence(cluster).expect_truth();
}

TEST(ACutNetwork, CostsJobsAndNobodyIsLostWhenItIsMended) {
  Cluster cluster({.method = std::string(every_worker_every_step), .steps = endless});
  Relay relay(cluster.port(), {});
  cluster.ways.workers_port = relay.port();
  ASSERT_TRUE(cluster.serves());
  cluster.work_all();
  ASSERT_TRUE(cluster.gets_on());

  relay.cut();
  ASSERT_TRUE(cluster.server().prints("nothing was heard for"));
  std::this_thread::sleep_for(longer_than_a_lease);
  relay.mend();

  EXPECT_TRUE(cluster.gets_on(500)) << "somebody is missing";
  expect_that_it_finishes(cluster, 200);
}

TEST(ASlowAndLossyNetwork, BringsTrainingToItsTarget) {
  Cluster cluster({.method = std::string(every_worker_every_step),
                   .steps = 10'000,
                   .stop = ", target = { metric = \"gradient_norm\", below = 1.0 }",
                   .run = "evaluate = { every_steps = 1 }"});
  Relay relay(cluster.port(), {.delay = 200ms, .loss = 0.05});
  cluster.ways.workers_port = relay.port();
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  cluster.work_all();

  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();

  EXPECT_NE(engine::testing::read_text(cluster.file("result.json")).find("\"ending\": \"target"),
            std::string::npos)
      << cluster.server_output();
  EXPECT_GT(relay.lost(), 0U);
  Evidence(cluster).expect_truth();
}

/// Two namespaces and a cable between them.
class Cable {
 public:
  Cable() : server_(fmt::format("tailrace-s{}", ::getpid())), worker_(server_ + "w") {
    there_ = shell(fmt::format(
        "ip netns add {0} && ip netns add {1} && "
        "ip link add end0 netns {0} type veth peer name end1 netns {1} && "
        "ip -n {0} addr add 10.99.1.1/24 dev end0 && ip -n {1} addr add 10.99.1.2/24 dev end1 && "
        "ip -n {0} link set lo up && ip -n {0} link set end0 up && ip -n {1} link set end1 up",
        server_, worker_));
  }
  ~Cable() {
    static_cast<void>(
        run({"sh", "-c", fmt::format("ip netns del {}; ip netns del {}", server_, worker_)}));
  }
  Cable(const Cable&) = delete;
  Cable& operator=(const Cable&) = delete;

  [[nodiscard]] bool there() const { return there_; }
  void pull() const { ASSERT_TRUE(shell(fmt::format("ip -n {} link set end1 down", worker_))); }
  void plug_in() const { ASSERT_TRUE(shell(fmt::format("ip -n {} link set end1 up", worker_))); }
  /// Delays and loses packets; false where the kernel cannot.
  [[nodiscard]] bool worsen() const {
    return shell(
        fmt::format("tc -n {} qdisc add dev end1 root netem delay 200ms loss 5%", worker_));
  }
  /// Both ends of a cluster.
  void use_for(Cluster& cluster) const {
    const std::string certificates = cluster.beside("certificates");
    ASSERT_EQ(run({TAILRACE_PROGRAM, "certs", certificates, "--workers",
                   fmt::to_string(cluster.workers()), "--host", "10.99.1.1"})
                  .exit,
              0);
    cluster.ways.certificates = certificates;
    cluster.ways.host = "10.99.1.1";
    cluster.ways.server_before = {"ip", "netns", "exec", server_};
    cluster.ways.worker_before = {"ip", "netns", "exec", worker_};
  }

 private:
  std::string server_;
  std::string worker_;
  bool there_ = false;
};

TEST(APulledCable, CostsJobsAndNobodyIsLostWhenItIsBack) {
  const Cable cable;
  if (!cable.there()) GTEST_SKIP() << "no network namespaces: that takes root and iproute2";
  Cluster cluster({.method = std::string(every_worker_every_step), .steps = endless});
  ASSERT_NO_FATAL_FAILURE(cable.use_for(cluster));
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  cluster.work_all();
  ASSERT_TRUE(cluster.gets_on());

  ASSERT_NO_FATAL_FAILURE(cable.pull());
  ASSERT_TRUE(cluster.server().prints("nothing was heard for"));
  std::this_thread::sleep_for(longer_than_a_lease);
  ASSERT_NO_FATAL_FAILURE(cable.plug_in());

  EXPECT_TRUE(cluster.gets_on(500)) << "somebody is missing";
  expect_that_it_finishes(cluster, 200);
}

TEST(ASlowAndLossyCable, BringsTrainingToItsTarget) {
  const Cable cable;
  if (!cable.there()) GTEST_SKIP() << "no network namespaces: that takes root and iproute2";
  if (!cable.worsen()) GTEST_SKIP() << "this kernel has no netem";
  Cluster cluster({.method = std::string(every_worker_every_step), .steps = 20});
  ASSERT_NO_FATAL_FAILURE(cable.use_for(cluster));
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  cluster.work_all();

  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();

  Evidence(cluster).expect_truth();
}

}  // namespace
}  // namespace tailrace::faults
