#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tailrace/cluster/link.hpp"
#include "tailrace/cluster/options.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/engine/sim/simulate.hpp"

namespace tailrace::cluster {

/// Who is at the other end, as the transport has made sure of.
struct Identity {
  std::string name;               ///< of the certificate; of the rank; for people and limits
  std::string address;            ///< for people
  std::vector<WorkerId> workers;  ///< whose jobs it may compute; empty: anybody's
  std::string serial;             ///< of the certificate, for revocation; may be empty
};

/// What a transport does after Host::receive().
enum class Receive {
  more,    ///< goes on with the next message
  wait,    ///< keeps this message; gives it again after Session::resume()
  closed,  ///< the session is over: it sends what is queued and hangs up
};

/// A run on many machines: the engine that carries a method's actions out by giving jobs to
/// sessions. Transports bring sessions and messages; the host knows nothing of them.
///
/// Thread-safe. Calls for one session come one after the other.
class Host {
 public:
  using SessionId = std::uint64_t;

  virtual ~Host() = default;

  /// A peer has connected and proved who it is.
  virtual SessionId open(std::shared_ptr<Session> session, Identity identity) = 0;
  /// A message arrived.
  [[nodiscard]] virtual Receive receive(SessionId session, std::span<const std::byte> message) = 0;
  /// The peer is gone, or its transport gave up.
  virtual void closed(SessionId session, const std::string& why) = 0;

  /// Does what is due by the clock: leases, timers, evaluations, checkpoints, interrupts. To be
  /// called again at the moment it returns, or earlier.
  virtual std::chrono::steady_clock::time_point tick() = 0;
  /// Blocks until then, or until tick() has something to do. For transports that have no other way
  /// to wait.
  virtual void wait(std::chrono::steady_clock::time_point until) = 0;
  /// Whether the run is over: all sessions have been told. tick() is not called any more.
  [[nodiscard]] virtual bool over() const = 0;
  /// The result; to be called once, when it is over and the transport has ended.
  [[nodiscard]] virtual Result<engine::RunResult> result() = 0;

  /// Ends the sessions of these certificates and takes no new ones.
  virtual void revoke(const std::vector<std::string>& serials) = 0;
  [[nodiscard]] virtual Standings standings() const = 0;
};

/// Makes a host. `problem` and `method` must outlive it, and so must what `options` points to.
///
/// Errors  those of engine::Checkpoint and engine::RunLogWriter.
[[nodiscard]] Result<std::unique_ptr<Host>> make_host(const problem::Problem& problem,
                                                      const policy::Method& method,
                                                      const engine::RunOptions& options,
                                                      const HostOptions& host);

}  // namespace tailrace::cluster
