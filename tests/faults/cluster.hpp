#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tailrace/core/ids.hpp"
#include "tailrace/engine/engine_test.hpp"
#include "tests/faults/process.hpp"

namespace tailrace::faults {

/// What is trained while things go wrong: a noisy quadratic, whose steps take microseconds.
struct Training {
  std::string method;
  std::uint64_t steps = 1000;
  WorkerId workers = 4;
  std::uint32_t dimension = 200;
  std::string cluster = "";  ///< more lines of [cluster]
  std::string stop = "";     ///< more of the table run.stop, behind a comma
  std::string run = "";      ///< more lines of [run]
};

/// Methods to choose from.
inline constexpr std::string_view server_centric = R"([[method]]
name = "method"
recipe = "clip2"
scheme = "server_centric"
buffer = 2
)";
inline constexpr std::string_view client_centric = R"([[method]]
name = "method"
recipe = "clip2"
scheme = "client_centric"
buffer = 2
)";
/// Every worker remembers what its messages left out.
inline constexpr std::string_view with_memory = R"([[method]]
name = "method"
send = [{ top_k = 0.1 }]
step_size = 0.05
)";
inline constexpr std::string_view with_memory_and_local_steps = R"([[method]]
name = "method"
local = { steps = 3, step_size = 0.05 }
send = [{ top_k = 0.1 }]
combine = { buffer = 3 }
step_size = 1.0
)";

/// No step without an update of each.
inline constexpr std::string_view every_worker_every_step = R"([[method]]
name = "method"
combine = { buffer = 4 }
next = { when = "after_step" }
step_size = 0.1
)";

/// A server and its workers, each a process of the program, in a folder of their own.
class Cluster {
 public:
  static constexpr std::uint64_t seed = 7;

  explicit Cluster(const Training& training);

  /// How the processes are started from now on.
  struct Ways {
    std::vector<std::string> server_before = {};  ///< such as "ip netns exec NAME"
    std::vector<std::string> worker_before = {};
    std::string host = "127.0.0.1";
    std::string certificates = {};  ///< a folder; empty: plain text
    std::vector<std::string> environment = {};
    std::optional<std::uint64_t> file_max = {};  ///< of the server
    std::uint16_t workers_port = 0;              ///< where workers connect; 0: at the server
    std::string give_up = "60s";                 ///< of workers
  };
  Ways ways;

  /// Starts the server: for the first time, or to go on with what is there.
  void serve();
  /// The same, and waits until it listens. False if it ends before that.
  [[nodiscard]] bool serves();
  /// Starts a process for a worker, instead of the one before.
  void work(WorkerId worker);
  void work_all();

  [[nodiscard]] Process& server() { return *server_; }
  [[nodiscard]] Process& worker(WorkerId worker) { return workers_.at(worker); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] WorkerId workers() const { return training_.workers; }

  /// Waits for the end of the run; false if the server ends in another way.
  [[nodiscard]] bool finishes();
  /// For a run without an end: stops the server, and goes on for so many steps more (as many as
  /// arrivals, where a step takes several), with whoever is there.
  [[nodiscard]] bool goes_on_for(std::uint64_t steps);
  /// Waits until the run log on the disk has grown by so much. [bytes]
  [[nodiscard]] bool gets_on(std::uint64_t bytes = 1);

  [[nodiscard]] std::string folder() const { return here_.file("run"); }
  /// A file of the run.
  [[nodiscard]] std::string file(const std::string& name) const;
  /// A file beside the run's folder.
  [[nodiscard]] std::string beside(const std::string& name) const { return here_.file(name); }
  /// What all servers have printed.
  [[nodiscard]] std::string server_output() const;
  [[nodiscard]] int server_starts() const { return starts_; }

 private:
  [[nodiscard]] std::string output_of_server(int start) const;

  Training training_;
  engine::testing::TemporaryFolder here_;
  std::uint16_t port_;
  int starts_ = 0;
  std::optional<Process> server_;
  std::map<WorkerId, Process> workers_;
  std::map<WorkerId, int> worker_starts_;
};

/// A port that nobody has. None of those that the system gives to clients: a worker that tries to
/// reach a server which is not there must not become its own server.
[[nodiscard]] std::uint16_t free_port();

}  // namespace tailrace::faults
