#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "tailrace/cluster/cluster_test.hpp"
#include "tailrace/engine/replay.hpp"
#include "tailrace/policy/transform/int8.hpp"
#include "tailrace/policy/transform/top_k.hpp"

/// Whole runs: what workers send themselves, and what becomes of it when a worker or the server is
/// replaced.
namespace tailrace::cluster::testing {
namespace {

using namespace std::chrono_literals;
using engine::testing::TemporaryFolder;
using engine::testing::Toy;

/// A link that somebody else can cut.
class Cuttable final : public Link {
 public:
  explicit Cuttable(std::shared_ptr<Link> link) : link_(std::move(link)) {}
  ~Cuttable() override { link_->close(); }
  Status send(Outgoing message, std::size_t chunk) override {
    return link_->send(std::move(message), chunk);
  }
  Result<std::optional<Message>> receive(Deadline until) override { return link_->receive(until); }
  void close() override { link_->close(); }

 private:
  std::shared_ptr<Link> link_;
};

/// Leads to a host that may be replaced by another one.
class Exchange final : public Bridge {
 public:
  Client::Connect connect(const std::string& name, std::vector<WorkerId> workers) override {
    return [this, name, workers]() -> Result<std::unique_ptr<Link>> {
      const std::lock_guard lock(mutex_);
      if (host_ == nullptr) {
        return fail({.code = "cluster/no-server", .what = "down", .where = {}, .fix = "wait"});
      }
      std::shared_ptr<Link> link = open_local(*host_, {.name = name, .workers = workers});
      links_.push_back(link);
      return std::make_unique<Cuttable>(std::move(link));
    };
  }
  /// Ends every session; new ones go to this host, if there is one.
  void lead_to(Host* host) {
    std::vector<std::shared_ptr<Link>> links;
    {
      const std::lock_guard lock(mutex_);
      host_ = host;
      links = std::exchange(links_, {});
    }
    for (const std::shared_ptr<Link>& link : links) link->close();
  }

 private:
  std::mutex mutex_;
  Host* host_ = nullptr;
  std::vector<std::shared_ptr<Link>> links_;
};

/// Ticks until it is told to stop, as a server that is killed does.
class MortalTicker {
 public:
  explicit MortalTicker(Host& host)
      : thread_([this, &host] {
          while (!host.over() && !killed_) host.tick(), std::this_thread::sleep_for(1ms);
        }) {}
  ~MortalTicker() {
    if (thread_.joinable()) thread_.join();
  }
  void kill() {
    killed_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> killed_ = false;
  std::thread thread_;
};

void wait_for_steps(Host& host, Version steps) {
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (host.standings().steps < steps && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(1ms);
  }
  ASSERT_GE(host.standings().steps, steps);
}

const Toy& problem() {
  static const Toy toy({.workers = 4, .dimension = 2000, .noise = 3});
  return toy;
}

policy::Method sending(policy::Chain send) {
  return {.send = std::move(send), .step_size = policy::ConstantStep{.value = 0.1}};
}

/// What it leaves out is sent along later.
constexpr policy::TopK top_k{.share = 0.05, .error_feedback = true};

class Runs : public ::testing::Test {
 protected:
  void expect_replay(const policy::Method& method, const engine::RunResult& recorded) {
    const auto replayed =
        engine::replay(problem(), method, *engine::read_run_log(folder.file("log")), {});
    ASSERT_TRUE(replayed);
    EXPECT_EQ(replayed->steps, recorded.steps);
    EXPECT_EQ(replayed->model_hash, recorded.model_hash);
  }
  /// Bytes that workers sent for each step of a whole run.
  double bytes_per_step(const policy::Method& method) {
    auto log = std::move(*engine::RunLogWriter::open(folder.file("log"), 1, false));
    const Cast cast{
        .problem = problem(), .method = method, .options = {.stop = {.steps = 200}, .log = &log}};
    std::uint64_t bytes = 0;
    auto host = std::move(*make_host(problem(), method, cast.options, cast.host));
    LocalBridge bridge(*host);
    {
      Ticker ticker(*host);
      std::vector<std::thread> threads;
      for (std::size_t i = 0; i < cast.members; ++i) {
        threads.emplace_back([&, i] { work_as(cast, bridge, i); });
      }
      for (std::thread& thread : threads) thread.join();
    }
    bytes = host->standings().bytes_in;
    const auto result = host->result();
    EXPECT_TRUE(result);
    expect_replay(method, *result);
    return static_cast<double>(bytes) / static_cast<double>(result->steps);
  }

  TemporaryFolder folder;
};

TEST_F(Runs, WhatAMethodSendsMakesUpdatesSmaller) {
  const double whole = bytes_per_step(sending({}));

  EXPECT_GT(whole, 4 * 2000);
  EXPECT_LT(bytes_per_step(sending({policy::Int8{}})), 0.3 * whole);
  EXPECT_LT(bytes_per_step(sending({top_k})), 0.15 * whole);
}

TEST_F(Runs, AWorkerThatIsReplacedForgetsWhatItHasNotSent) {
  const policy::Method method = sending({top_k});
  auto log = std::move(*engine::RunLogWriter::open(folder.file("log"), 1, false));
  const Cast cast{.problem = problem(),
                  .method = method,
                  .options = {.stop = {.steps = 300}, .log = &log},
                  .host = {.cluster = {.lease = {20'000'000}, .stand_in = StandIn::anybody}}};
  auto host = std::move(*make_host(problem(), method, cast.options, cast.host));
  {
    LocalBridge bridge(*host);
    Ticker ticker(*host);
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < cast.members; ++i) {
      threads.emplace_back([&, i] { work_as(cast, bridge, i); });
    }
    // Member 0 comes, computes a few jobs and goes, again and again; others stand in for it.
    threads.emplace_back([&] {
      while (!host->over()) {
        auto client = Client::connect(bridge.connect("member-0", workers_of(cast, 0)), {});
        if (!client) break;
        const auto done = work(**client, problem(), method, [&](const Work& so_far) {
          if (so_far.applied + so_far.refused >= 5) (*client)->leave();
        });
        if (!done) break;
      }
    });
    for (std::thread& thread : threads) thread.join();
  }

  const auto result = host->result();

  ASSERT_TRUE(result);
  EXPECT_EQ(result->steps, 300U);
  expect_replay(method, *result);
}

TEST_F(Runs, AServerThatIsKilledAndStartedAgainEndsOnTheBitsOfItsLog) {
  const policy::Method method = sending({top_k});
  auto log = std::move(*engine::RunLogWriter::open(folder.file("log"), 1, false));
  Cast cast{
      .problem = problem(),
      .method = method,
      .options = {.stop = {.steps = 400},
                  .checkpoint = {.path = folder.file("checkpoint"), .every_wall_seconds = 0.004},
                  .log = &log}};
  Exchange bridge;
  std::vector<std::thread> threads;
  std::vector<std::unique_ptr<Host>> hosts;  // the dead stay where their sessions may look
  hosts.push_back(std::move(*make_host(problem(), method, cast.options, cast.host)));
  bridge.lead_to(hosts.back().get());
  for (std::size_t i = 0; i < cast.members; ++i) {
    threads.emplace_back([&, i] { work_as(cast, bridge, i); });
  }
  for (const Version steps : {60U, 150U, 260U}) {
    MortalTicker ticker(*hosts.back());
    wait_for_steps(*hosts.back(), steps);
    ticker.kill();
    bridge.lead_to(nullptr);
    hosts.push_back(nullptr);
    cast.options.checkpoint.resume = true;
    hosts.back() = std::move(*make_host(problem(), method, cast.options, cast.host));
    bridge.lead_to(hosts.back().get());
  }
  {
    MortalTicker ticker(*hosts.back());
    for (std::thread& thread : threads) thread.join();
  }

  const auto result = hosts.back()->result();

  ASSERT_TRUE(result);
  EXPECT_EQ(result->steps, 400U);
  expect_replay(method, *result);
}

}  // namespace
}  // namespace tailrace::cluster::testing
