#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tailrace/cluster/link.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/policy/update.hpp"

namespace tailrace::cluster {

/// What a worker says of itself, and how long it tries.
struct ClientOptions {
  std::string program = "own program";
  std::vector<WorkerId> workers;  ///< whose jobs it computes; empty: what its certificate says
  std::uint64_t fingerprint = 0;  ///< of the experiment it was made for; 0: any
  std::chrono::milliseconds give_up{60'000};  ///< without a server for so long: cluster/no-server
  std::function<void(const std::string&)> say = {};  ///< what is worth a line, for people
};

/// A worker in anybody's program:
///
///     auto client = rpc::connect("server:7000", {.certificates = "worker-3"});
///     while (auto job = client->next_job()) {
///       my_gradient(job->parameters, gradient);
///       client->send(*job, gradient);
///     }
///
/// It keeps the connection alive on a thread of its own, connects again when it breaks, and sends
/// again what a server that died had not yet saved. Any function may be called from one thread at a
/// time.
class Client {
 public:
  /// Opens a connection, waiting for a moment at most.
  using Connect = std::function<Result<std::unique_ptr<Link>>()>;

  /// A job. Its parameters stay valid until the next call of next_job().
  struct Job {
    Ticket ticket = 0;
    WorkerId worker = 0;
    JobNumber number = 0;
    Version version = 0;
    std::uint32_t steps = 0;           ///< local steps; 0: as many as the method says
    std::span<const Real> parameters;  ///< (dimension)
    std::uint64_t incarnation = 0;     ///< of the server that gave it
  };

  /// What came of an update.
  enum class Answer {
    applied,
    refused,  ///< or nobody waits for it any more; see why()
  };

  /// Connects and says hello.
  ///
  /// Errors  cluster/no-server; cluster/parted with what the server said.
  [[nodiscard]] static Result<std::unique_ptr<Client>> connect(Connect connect,
                                                               ClientOptions options);
  virtual ~Client() = default;

  /// What the server said of the run; empty if the run was over before.
  [[nodiscard]] virtual Welcome welcome() const = 0;

  /// Waits for a job; nothing when the run is over or leave() was called.
  ///
  /// Errors  cluster/no-server when none could be reached for `give_up`; cluster/parted.
  [[nodiscard]] virtual Result<std::optional<Job>> next_job() = 0;
  /// Whether nobody waits for this job any more; cheap enough to ask while computing.
  [[nodiscard]] virtual bool canceled(const Job& job) const = 0;

  /// Sends a job's update, (dimension) gradient-like: the server subtracts it. Returns when the
  /// server has answered, or another one after a restart. What passed since next_job() counts as
  /// the time it took to compute.
  ///
  /// Errors  as next_job().
  [[nodiscard]] virtual Result<Answer> send(const Job& job, std::span<const Real> values) = 0;
  /// How an update came to be.
  struct Made {
    bool sent = false;   ///< the method's `send` was applied
    bool fresh = false;  ///< with `sent`: the chain remembers nothing of earlier updates
    double seconds = 0;  ///< it took to compute
  };
  /// The same of an update with a factor; uses it up.
  [[nodiscard]] virtual Result<Answer> send(const Job& job, policy::Update& update,
                                            const Made& made) = 0;
  /// The job cannot be computed here.
  [[nodiscard]] virtual Status fail_job(const Job& job, const std::string& why) = 0;
  /// Why the last update was refused, or the session ended.
  [[nodiscard]] virtual std::string why() const = 0;

  /// No more jobs: next_job() returns nothing. Safe in another thread and in a signal's handler.
  virtual void leave() = 0;
};

}  // namespace tailrace::cluster
