#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tailrace/core/ids.hpp"
#include "tailrace/core/time.hpp"
#include "tailrace/delay/timing.hpp"
#include "tailrace/engine/run.hpp"

namespace tailrace::engine {

/// A worker of which nothing is known takes as long as the one before it of which something is, or
/// else the first. Empty if nothing is known of anybody.
[[nodiscard]] std::vector<std::vector<Time>> with_guesses(std::vector<std::vector<Time>> times);

/// How long jobs took in a run, per local step:
///
///     T_k  =  (arrival_k - max(given_k, arrival_{k-1})) / steps_k      of worker i's k-th arrival
///
/// What a job waited behind the worker's job before is not its time. A canceled job is left out, as
/// nobody knows how long it would have taken; of a worker whose jobs were all canceled the longest
/// is kept, which is too short.
///
/// State   an open job's time per job in flight; 8 bytes an arrival.
/// Cost    O(1) a job.
class RecordedTimes final : public Observer {
 public:
  explicit RecordedTimes(std::size_t workers) : workers_(workers) {}

  void started(WorkerId worker, JobNumber job, Version version, Time now) override;
  void canceled(WorkerId worker, JobNumber job, Time now) override;
  void arrived(const policy::Arrived& arrived, policy::Update& update, Time now) override;

  /// (workers, arrivals of each), in order; at least 1 ns. Unknown ones by with_guesses().
  [[nodiscard]] std::vector<std::vector<Time>> times() const;
  [[nodiscard]] std::uint64_t canceled_jobs() const { return canceled_; }
  /// Workers of which nothing is known but canceled jobs, or nothing at all.
  [[nodiscard]] std::uint64_t guessed_workers() const;

 private:
  struct Open {
    JobNumber job = 0;
    Time given;
  };
  struct Worker {
    std::vector<Open> open;  ///< its jobs in flight, in their order
    Time free;               ///< when its latest job arrived or was dropped
    Time canceled_longest;
    std::vector<Time> times;
  };
  /// Closes the job; returns how long the worker had it to itself.
  Time close(WorkerId worker, JobNumber job, Time now);

  std::vector<Worker> workers_;
  std::uint64_t canceled_ = 0;
};

/// A clock of times that were recorded: a worker's k-th job takes its k-th time for every local
/// step, and the first again after the last.
class TimesAgain final : public delay::Timing {
 public:
  /// (workers, at least one each)
  explicit TimesAgain(std::vector<std::vector<Time>> times);

  delay::JobSpan schedule(const delay::JobTiming& job) override;

 private:
  std::vector<std::vector<Time>> times_;
};

}  // namespace tailrace::engine
