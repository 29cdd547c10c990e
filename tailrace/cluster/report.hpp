#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/core/ids.hpp"
#include "tailrace/core/time.hpp"

namespace tailrace::cluster {

enum class Level : std::uint8_t { info, warning, error };

/// Something worth a line in a log.
struct Event {
  Level level = Level::info;
  std::string_view name;  ///< stable, for programs: "joined", "left", "lease-ended", "refused", ...
  std::string text;       ///< for people
  using Fact = std::pair<std::string_view, std::string>;
  std::vector<Fact> facts = {};  ///< "worker", "3"
};

/// How long a job took, from its server's point of view.
struct Span {
  WorkerId worker = 0;
  JobNumber job = 0;
  std::uint32_t steps = 1;      ///< local steps
  Time given;                   ///< its offer was queued
  Time arrived;                 ///< its update became part of the run
  double seconds = 0;           ///< of these, its worker says that it computed
  std::uint64_t bytes_out = 0;  ///< of the model that was sent for it; 0: the worker had it
  std::uint64_t bytes_in = 0;   ///< of its update
};

/// Takes note of what happens. Called under the host's lock, in order; must be quick.
class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void note(const Event& event) = 0;
  /// An update was applied, by the session that was given its job.
  virtual void landed(const Span& /*span*/) {}
};

/// Where a run and its sessions stand, for health checks and metrics. Counts are since the server
/// was started.
struct Standings {
  bool ready = false;  ///< jobs are given out
  bool over = false;
  Time time;                    ///< since the run began
  Version steps = 0;            ///< server steps
  std::uint64_t gradients = 0;  ///< oracle calls whose updates have arrived
  double staleness_mean = 0;    ///< [steps]
  std::uint64_t staleness_max = 0;
  double loss = 0;                 ///< of the last evaluation
  std::uint32_t workers = 0;       ///< of the experiment
  std::uint32_t workers_here = 0;  ///< of these, with a session
  std::uint32_t sessions = 0;
  std::uint64_t jobs_in_flight = 0;
  std::uint64_t jobs_waiting = 0;  ///< of these, with no session that computes them
  std::uint64_t jobs_given = 0;    ///< to sessions, again included
  std::uint64_t leases_ended = 0;
  std::uint64_t updates_applied = 0;
  std::array<std::uint64_t, 8> refused = {};    ///< by Refusal
  std::array<std::uint64_t, 16> partings = {};  ///< by Parting
  std::uint64_t bytes_in = 0;                   ///< of messages
  std::uint64_t bytes_out = 0;
  std::uint64_t versions_alive = 0;  ///< of the model
  std::uint64_t checkpoints = 0;     ///< written
  std::uint64_t checkpoint_failures = 0;
  double checkpoint_age_seconds = 0;  ///< since the last one that is on disk
};

}  // namespace tailrace::cluster
