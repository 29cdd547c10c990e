#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tailrace/cluster/local.hpp"
#include "tailrace/cluster/work.hpp"
#include "tailrace/engine/engine_test.hpp"

/// Whole runs with a host and workers in one process, whatever is between them. For tests only; not
/// installed.
namespace tailrace::cluster::testing {

/// Brings workers to a host: its start(), then connect() for each.
class Bridge {
 public:
  virtual ~Bridge() = default;
  /// How a member reaches the host.
  [[nodiscard]] virtual Client::Connect connect(const std::string& name,
                                                std::vector<WorkerId> workers) = 0;
};

/// No network at all.
class LocalBridge final : public Bridge {
 public:
  explicit LocalBridge(Host& host) : host_(host) {}
  Client::Connect connect(const std::string& name, std::vector<WorkerId> workers) override {
    return [this, name, workers]() -> Result<std::unique_ptr<Link>> {
      return open_local(host_, {.name = name, .address = "here", .workers = workers});
    };
  }

 private:
  Host& host_;
};

/// What a run is made of.
struct Cast {
  const problem::Problem& problem;
  const policy::Method& method;
  engine::RunOptions options = {};
  HostOptions host = {};
  std::size_t members = 3;  ///< processes; worker i belongs to member i modulo members
};

inline std::vector<WorkerId> workers_of(const Cast& cast, std::size_t member) {
  std::vector<WorkerId> workers;
  for (std::size_t i = member; i < cast.problem.workers(); i += cast.members) {
    workers.push_back(static_cast<WorkerId>(i));
  }
  return workers;
}

/// Works as one member until the run is over.
inline void work_as(const Cast& cast, Bridge& bridge, std::size_t member) {
  const std::vector<WorkerId> workers = workers_of(cast, member);
  Result<std::unique_ptr<Client>> client =
      Client::connect(bridge.connect("member-" + std::to_string(member), workers),
                      {.program = "test", .workers = workers});
  ASSERT_TRUE(client) << to_string(client.error());
  const Result<Work> done = work(**client, cast.problem, cast.method);
  EXPECT_TRUE(done) << to_string(done.error());
}

using MakeBridge = std::function<std::unique_ptr<Bridge>(Host&)>;

inline std::unique_ptr<Bridge> local_bridge(Host& host) {
  return std::make_unique<LocalBridge>(host);
}

/// A whole run.
inline Result<engine::RunResult> run(const Cast& cast,
                                     const MakeBridge& make_bridge = local_bridge) {
  Result<std::unique_ptr<Host>> host =
      make_host(cast.problem, cast.method, cast.options, cast.host);
  if (!host) return fail(host.error());
  {
    const std::unique_ptr<Bridge> bridge = make_bridge(**host);
    Ticker ticker(**host);
    std::vector<std::thread> threads;
    for (std::size_t member = 0; member < cast.members; ++member) {
      threads.emplace_back([&, member] { work_as(cast, *bridge, member); });
    }
    for (std::thread& thread : threads) thread.join();
    ticker.join();
  }
  return (*host)->result();
}

}  // namespace tailrace::cluster::testing
