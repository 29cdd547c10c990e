#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/model_store.hpp"
#include "tailrace/core/time.hpp"
#include "tailrace/policy/update.hpp"

namespace tailrace::policy {

/// An update has arrived. The engine says whose it is and where its job started from.
struct Arrived {
  WorkerId worker = 0;
  JobNumber job = 0;
  Version started = 0;               ///< server steps applied when the job was given out
  std::span<const Real> start = {};  ///< the model at that version
  Time now = {};                     ///< since the run began, virtual or real
  std::uint32_t steps = 1;           ///< local steps of the job
  bool sent = false;                 ///< the worker has applied the method's `send` itself
  bool fresh = false;                ///< `send` remembers nothing of the worker's earlier updates
};

/// A job to be given out, from the current version.
struct Start {
  WorkerId worker = 0;
  std::uint32_t steps = 0;   ///< local steps; 0: as many as the method says
  std::uint32_t branch = 0;  ///< which of the server's models it starts from
  bool operator==(const Start&) const = default;
};

/// An event that the server asks for.
struct Timer {
  Time at = {};            ///< later than the event that sets it
  std::uint64_t name = 0;  ///< handed back
};

/// What the engine has to do after an event, in this order.
struct Actions {
  bool stepped = false;          ///< the model has one new version: an event makes no more
  bool diverged = false;         ///< the new version has a parameter that is not finite
  std::vector<WorkerId> cancel;  ///< drop all jobs in flight of these workers
  std::vector<Start> start;      ///< give out these jobs
  std::vector<Timer> timers;     ///< call Server::timer at these times

  void clear() {
    stepped = false;
    diverged = false;
    cancel.clear();
    start.clear();
    timers.clear();
  }
};

/// Counts a server keeps along a run.
struct ServerCounts {
  std::uint64_t arrivals = 0;       ///< updates received
  std::uint64_t discarded = 0;      ///< of these, updates the method had no use for
  std::uint64_t canceled = 0;       ///< jobs dropped before their updates arrived
  std::uint64_t staleness_max = 0;  ///< over all arrivals [steps]
  double staleness_sum = 0;         ///< over all arrivals [steps]

  [[nodiscard]] double staleness_mean() const {
    return arrivals == 0 ? 0 : staleness_sum / static_cast<double>(arrivals);
  }
};

/// A method at work: a pure state machine that turns events into actions.
///
/// It does no I/O, reads no clock, starts no thread and draws only keyed randomness, so the same
/// object runs under every engine and any run can be replayed. An engine calls one function at a
/// time; after each it carries out the actions, in order.
class Server {
 public:
  explicit Server(std::span<const Real> start) : models_(start) {}
  virtual ~Server() = default;

  /// The run begins and all workers are there.
  virtual void begin(Actions& actions) = 0;
  /// An update arrived; the server may use it up.
  virtual void arrive(const Arrived& arrived, Update& update, Actions& actions) = 0;
  /// A timer that the server set is due. Timers with the same moment ring before an arrival, in the
  /// order in which they were set.
  virtual void timer(std::uint64_t /*name*/, Time /*now*/, Actions& /*actions*/) {}

  /// The model that is trained, and its past versions.
  [[nodiscard]] ModelStore& models() { return models_; }
  [[nodiscard]] const ModelStore& models() const { return models_; }
  /// A model that jobs may start from; 0 is models(), others are a server's own.
  [[nodiscard]] ModelStore& models(std::uint32_t branch) {
    return branch == 0 ? models_ : branch_models(branch);
  }
  [[nodiscard]] Version version() const { return models_.version(); }
  [[nodiscard]] const ServerCounts& counts() const { return counts_; }

  /// What the method's parts have to say about the run so far, a line each.
  [[nodiscard]] virtual std::vector<std::string> remarks() const { return {}; }

  /// Whether it applies the method's `send` to updates to which the worker has not; an update that
  /// was sent may then say so.
  [[nodiscard]] virtual bool runs_send() const { return false; }

  /// Saves or restores everything that decides what happens next.
  virtual void state(Archive& archive) { archive(models_, counts_); }

 protected:
  /// Counts an arrival; its staleness among the versions of `models`.
  std::uint64_t count(const Arrived& arrived, const ModelStore& models) {
    const std::uint64_t staleness = models.version() - arrived.started;
    ++counts_.arrivals;
    counts_.staleness_sum += static_cast<double>(staleness);
    counts_.staleness_max = std::max(counts_.staleness_max, staleness);
    return staleness;
  }
  /// x <- x - step_size * update; uses the update up. False if a parameter is not finite any more.
  static bool step(ModelStore& models, Update& update, double step_size) {
    const auto [from, to] = models.begin_step();
    const bool finite = update.subtract_from(from, to, step_size);
    models.end_step();
    return finite;
  }

  virtual ModelStore& branch_models(std::uint32_t /*branch*/) { return models_; }

  ModelStore models_;
  ServerCounts counts_;
};

}  // namespace tailrace::policy
