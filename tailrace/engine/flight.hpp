#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/model_store.hpp"
#include "tailrace/core/time.hpp"
#include "tailrace/policy/server.hpp"
#include "tailrace/policy/worker.hpp"

namespace tailrace::engine {

/// The jobs that are in flight: given out, their updates not yet dealt with. Every engine keeps
/// one.
///
/// A job is 32 bytes and a pinned model version, a worker another 40.
class Flight {
 public:
  using Id = std::uint32_t;  ///< names a job until it lands; then it is used again

  struct Job {
    WorkerId worker = 0;
    ModelStore::Slot slot = 0;  ///< where its starting point is kept
    JobNumber number = 0;
    Version version = 0;
    std::uint32_t steps = 1;   ///< local steps
    std::uint16_t branch = 0;  ///< which of the server's models
    bool lost = false;         ///< its update will never arrive
    bool canceled = false;     ///< nobody waits for it; its name is still taken
  };

  /// What an engine keeps of a worker, together because an event touches all of it.
  struct Worker {
    JobNumber given = 0;       ///< jobs it has been given
    Time began;                ///< when its latest job starts computing, if it knows
    Time free;                 ///< when it finishes what it has been given
    Time busy;                 ///< time it computed, or was given work for
    Id latest = 0;             ///< the job it was given last
    std::uint32_t flying = 0;  ///< its jobs in flight

    /// Of the time it was given work for, what lies in the future.
    [[nodiscard]] Time beyond(Time now) const {
      if (free == Time::never()) return Time{0};  // a lost job's time was never counted
      return std::max(Time{0}, free - std::max(now, began));
    }
  };

  explicit Flight(std::uint32_t workers) : workers_(workers) {}

  /// Gives the worker a job from the current version, which stays alive until the job lands. A job
  /// without a number of local steps takes `steps`.
  Id take_off(const policy::Start& start, std::uint32_t steps, policy::Server& server) {
    if (free_.empty()) {
      free_.push_back(static_cast<Id>(jobs_.size()));
      jobs_.emplace_back();
    }
    const Id id = free_.back();
    free_.pop_back();
    ModelStore& models = server.models(start.branch);
    jobs_[id] = {.worker = start.worker,
                 .slot = models.pin(),
                 .number = workers_[start.worker].given++,
                 .version = models.version(),
                 .steps = start.steps == 0 ? steps : start.steps,
                 .branch = static_cast<std::uint16_t>(start.branch)};
    workers_[start.worker].latest = id;
    ++workers_[start.worker].flying;
    most_ = std::max(most_, size());
    return id;
  }

  /// The update has been dealt with.
  void land(Id id, policy::Server& server) {
    server.models(jobs_[id].branch).release(jobs_[id].slot);
    --workers_[jobs_[id].worker].flying;
    free_.push_back(id);
  }

  /// The job's update will never arrive: the job stays in flight.
  void lose(Id id) {
    jobs_[id].lost = true;
    ++lost_;
  }
  /// Nobody waits for the job any more. Its name stays taken until forget(), since the engine still
  /// holds it, and so does its starting point if somebody is `reading` it.
  void cancel(Id id, bool reading, policy::Server& server) {
    Job& job = jobs_[id];
    --workers_[job.worker].flying;
    if (!reading) server.models(job.branch).release(job.slot);
    if (!reading) job.slot = no_slot;
    if (job.lost) --lost_;
    job.canceled = true;
    ++canceled_;
  }
  void forget(Id id, policy::Server& server) {
    Job& job = jobs_[id];
    if (job.slot != no_slot) server.models(job.branch).release(job.slot);
    job.canceled = false;
    free_.push_back(id);
    --canceled_;
  }
  /// After a restart nobody computes or holds anything: canceled jobs are forgotten, and whether an
  /// update will arrive is open again.
  void begin_again(policy::Server& server) {
    for (Id id = 0; id < jobs_.size(); ++id) {
      if (jobs_[id].canceled) forget(id, server);
      jobs_[id].lost = false;
    }
    lost_ = 0;
  }
  /// The worker's jobs in flight, in the order in which they were given.
  [[nodiscard]] std::vector<Id> jobs_of(WorkerId worker) const {
    if (workers_[worker].flying == 0) return {};
    if (workers_[worker].flying == 1) return {workers_[worker].latest};
    std::vector<Id> ids = open();
    std::erase_if(ids, [&](Id id) { return jobs_[id].worker != worker; });
    return ids;
  }

  [[nodiscard]] const Job& operator[](Id id) const { return jobs_[id]; }
  /// A hint that this worker will be given a job soon.
  void fetch(WorkerId worker) const { __builtin_prefetch(&workers_[worker]); }
  [[nodiscard]] Worker& worker(WorkerId worker) { return workers_[worker]; }
  [[nodiscard]] const std::vector<Worker>& workers() const { return workers_; }
  [[nodiscard]] policy::Job job(Id id, policy::Server& server) const {
    const Job& job = jobs_[id];
    return {.worker = job.worker,
            .number = job.number,
            .version = job.version,
            .model = server.models(job.branch).at(job.slot),
            .steps = job.steps};
  }
  [[nodiscard]] policy::Arrived arrived(Id id, Time now, policy::Server& server) const {
    const Job& job = jobs_[id];
    return {.worker = job.worker,
            .job = job.number,
            .started = job.version,
            .start = server.models(job.branch).at(job.slot),
            .now = now,
            .steps = job.steps};
  }

  [[nodiscard]] std::uint64_t size() const { return jobs_.size() - free_.size() - canceled_; }
  /// Of these, jobs whose updates will never arrive.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  [[nodiscard]] std::uint64_t canceled() const { return canceled_; }
  [[nodiscard]] std::uint64_t size_max() const { return most_; }
  /// Every job in flight, worker by worker in the order in which they were given.
  [[nodiscard]] std::vector<Id> open() const {
    std::vector<bool> is_open(jobs_.size(), true);
    for (const Id id : free_) is_open[id] = false;
    for (Id id = 0; id < jobs_.size(); ++id) is_open[id] = is_open[id] && !jobs_[id].canceled;
    std::vector<Id> ids;
    for (Id id = 0; id < jobs_.size(); ++id) {
      if (is_open[id]) ids.push_back(id);
    }
    std::sort(ids.begin(), ids.end(), [this](Id a, Id b) {
      return std::tie(jobs_[a].worker, jobs_[a].number) <
             std::tie(jobs_[b].worker, jobs_[b].number);
    });
    return ids;
  }

  void state(Archive& archive) { archive(jobs_, free_, workers_, most_, canceled_, lost_); }

 private:
  static constexpr ModelStore::Slot no_slot = ~ModelStore::Slot{0};

  std::vector<Job> jobs_;
  std::vector<Id> free_;
  std::vector<Worker> workers_;
  std::uint64_t most_ = 0;
  std::uint64_t canceled_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace tailrace::engine
