#pragma once

#include <cstdint>
#include <vector>

#include "tailrace/policy/method.hpp"
#include "tailrace/policy/worker.hpp"

namespace tailrace::policy {

/// A method's `send` where it belongs: on the workers, one or several in a process.
///
///     u_i  <-  send(u_i)
///
/// A server that is told so (Arrived::sent) leaves it out and gets the same bits, for as long as
/// both agree on what the chain remembers of a worker's earlier updates: all that were applied, in
/// their order, since the first that was fresh.
///
///   method  its `send`; a copy is kept
///   setup   of the server's parts: dimension, workers, seed, layout and shares
///
/// State   what the chain keeps per worker. It is not saved: after a restart it is fresh.
class Sending {
 public:
  Sending(const Method& method, PartSetup setup);

  /// Whether there is something to apply, and a worker can: a chain that needs to know what only
  /// the server knows is left to it.
  [[nodiscard]] bool active() const { return !send_.empty() && send_.on_worker(); }

  /// Turns a job's update into what is sent. It is settled then: values, and a factor.
  void apply(const Job& job, Update& update);

  /// Whether the server has applied none of the worker's updates since it was forgotten, so that it
  /// has to forget it too (Arrived::fresh).
  [[nodiscard]] bool fresh(WorkerId worker) const { return fresh_[worker] != 0; }
  /// The server has applied the worker's latest update.
  void applied(WorkerId worker) { fresh_[worker] = 0; }
  /// The server did not apply the worker's latest update, or nobody knows whether it did.
  void forget(WorkerId worker);

 private:
  Chain send_;
  std::uint32_t workers_;
  std::vector<std::uint8_t> fresh_;  ///< (workers)
};

}  // namespace tailrace::policy
