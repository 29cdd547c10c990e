#pragma once

#include <algorithm>
#include <cstdint>
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
/// A job is 24 bytes and a pinned model version, a worker another 24.
class Flight {
 public:
  using Id = std::uint32_t;  ///< names a job until it lands; then it is used again

  struct Job {
    WorkerId worker = 0;
    ModelStore::Slot slot = 0;  ///< where its starting point is kept
    JobNumber number = 0;
    Version version = 0;
  };

  /// What an engine keeps of a worker, together because an event touches all of it.
  struct Worker {
    JobNumber given = 0;  ///< jobs it has been given
    Time free;            ///< when it finishes what it has been given
    Time busy;            ///< time it computed, or was given work for
  };

  explicit Flight(std::uint32_t workers) : workers_(workers) {}

  /// Gives the worker a job from the current version, which stays alive until the job lands.
  Id take_off(WorkerId worker, ModelStore& models) {
    if (free_.empty()) {
      free_.push_back(static_cast<Id>(jobs_.size()));
      jobs_.emplace_back();
    }
    const Id id = free_.back();
    free_.pop_back();
    jobs_[id] = {worker, models.pin(), workers_[worker].given++, models.version()};
    most_ = std::max(most_, size());
    return id;
  }

  /// The update has been dealt with.
  void land(Id id, ModelStore& models) {
    models.release(jobs_[id].slot);
    free_.push_back(id);
  }

  [[nodiscard]] const Job& operator[](Id id) const { return jobs_[id]; }
  /// A hint that this worker will be given a job soon.
  void fetch(WorkerId worker) const { __builtin_prefetch(&workers_[worker]); }
  [[nodiscard]] Worker& worker(WorkerId worker) { return workers_[worker]; }
  [[nodiscard]] const std::vector<Worker>& workers() const { return workers_; }
  [[nodiscard]] policy::Job job(Id id, const ModelStore& models) const {
    const Job& job = jobs_[id];
    return {job.worker, job.number, job.version, models.at(job.slot)};
  }
  [[nodiscard]] policy::Arrived arrived(Id id, const ModelStore& models) const {
    const Job& job = jobs_[id];
    return {job.worker, job.number, job.version, models.at(job.slot)};
  }

  [[nodiscard]] std::uint64_t size() const { return jobs_.size() - free_.size(); }
  [[nodiscard]] std::uint64_t size_max() const { return most_; }
  /// Every job in flight, in no particular order.
  [[nodiscard]] std::vector<Id> open() const {
    std::vector<bool> is_open(jobs_.size(), true);
    for (const Id id : free_) is_open[id] = false;
    std::vector<Id> ids;
    for (Id id = 0; id < jobs_.size(); ++id) {
      if (is_open[id]) ids.push_back(id);
    }
    return ids;
  }

  void state(Archive& archive) { archive(jobs_, free_, workers_, most_); }

 private:
  std::vector<Job> jobs_;
  std::vector<Id> free_;
  std::vector<Worker> workers_;
  std::uint64_t most_ = 0;
};

}  // namespace tailrace::engine
