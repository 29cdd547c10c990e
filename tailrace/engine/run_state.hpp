#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/engine/checkpoint.hpp"
#include "tailrace/engine/flight.hpp"
#include "tailrace/engine/monitor.hpp"
#include "tailrace/engine/run_log.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/engine/timers.hpp"

namespace tailrace::engine {

/// What a run is, whichever engine carries it on: a checkpoint holds it, and behind it what is the
/// engine's own. Another engine goes on from it by giving the jobs in flight out again.
///
/// A worker's jobs are then computed a second time, from the same model and the same keys, so that
/// their updates have the same bits; the run log and its replay know nothing of it.
struct RunState {
  RunState(const problem::Problem& problem, const policy::Method& method, const RunOptions& options,
           Pool* pool);

  std::unique_ptr<policy::Server> server;
  Flight flight;
  Timers timers;
  Time now;
  std::uint64_t gradients = 0;  ///< oracle calls whose updates have arrived
  double concurrency_sum = 0;   ///< over all arrivals [jobs]
  Monitor monitor;
  RunLogWriter::Position log_position;
  std::uint64_t recorded = 0;      ///< events that a log has an entry for
  std::vector<std::uint8_t> away;  ///< (workers) what `send` remembers of one is with the worker
  Observer* observer = nullptr;
  std::string saved_by;  ///< the engine whose checkpoint was restored

  [[nodiscard]] Standing standing() const {
    return {server->version(), now, gradients, &server->counts()};
  }
  /// Notes whether a worker's update was sent by the worker, and returns whether it is fresh: what
  /// `send` remembers on the server is of no use after updates that the worker sent by itself.
  ///
  ///   sent, fresh  as the worker says
  bool send_is_fresh(WorkerId worker, bool sent, bool fresh);

  /// Everything above.
  void state(Archive& archive);
  /// What follows it: `own(archive)` of this engine. Bytes of another engine are skipped.
  template <class Own>
  void engine_state(Archive& archive, std::string_view engine, const Own& own);

  /// After a restart, when nobody computes anything: returns the jobs to be given out again, worker
  /// by worker in their order. Canceled ones are forgotten, and each worker is free now.
  [[nodiscard]] std::vector<Flight::Id> begin_again();

  /// Adds the last sample and everything else but what is the engine's own: utilization and
  /// duration.
  [[nodiscard]] RunResult result(const Checkpoint& checkpoint);
  /// (workers) The share of the time each computed, where that is real time.
  [[nodiscard]] std::vector<double> real_utilization() const;
};

/// Whether the same run with a later limit would not end here.
[[nodiscard]] bool goes_on_with_more(const Monitor& monitor);

template <class Own>
void RunState::engine_state(Archive& archive, std::string_view engine, const Own& own) {
  std::string name(engine);
  std::vector<std::byte> bytes;
  if (!archive.reading()) {
    Archive inner = Archive::writer();
    own(inner);
    bytes = inner.take();
  }
  archive(name, bytes);
  if (!archive.reading() || !archive.ok()) return;
  saved_by = name;
  if (name != engine) return;
  Archive inner = Archive::reader(bytes);
  own(inner);
  if (!inner.finished()) archive.refuse();
}

}  // namespace tailrace::engine
