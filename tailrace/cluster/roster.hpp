#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "tailrace/cluster/options.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/time.hpp"
#include "tailrace/engine/flight.hpp"

namespace tailrace::cluster {

/// Who computes what: the jobs in flight, the sessions that are there, and which of these has
/// which.
///
/// A worker's jobs are computed one after the other, in the order in which they were given; the
/// first may be in the hands of a session. That is its worker's own session or, where anybody may
/// stand in and the worker has had none for a lease, a session that has nothing to do. A session
/// computes one job at a time.
///
/// Bookkeeping alone: it sends nothing and knows neither locks nor clocks.
class Roster {
 public:
  using SessionId = std::uint64_t;
  using Job = engine::Flight::Id;
  static constexpr SessionId nobody = 0;

  Roster(std::uint32_t workers, const Cluster& options)
      : stand_in_(options.stand_in), grace_(options.lease), workers_(workers) {}

  /// A session that computes the jobs of these workers; those that another session had are its from
  /// now on. Returns the sessions that were left without any worker, which had some.
  std::vector<SessionId> join(SessionId session, const std::vector<WorkerId>& workers, Time now);
  /// The session is gone; the job it had waits again. Returns who may compute that now, if it is
  /// another session's.
  SessionId part(SessionId session, Time now);
  /// It finishes what it has and gets no more; its workers are without a session from now on.
  void leave(SessionId session, Time now);

  /// A worker was given a job.
  void give(WorkerId worker, Job job, Time now);
  /// The worker's first job is done. Returns who else was at it, if the update came from another
  /// session.
  SessionId done(WorkerId worker, SessionId by, Time now);
  /// The worker's jobs are dropped; returns the session that was computing one, if any.
  SessionId cancel(WorkerId worker, Time now);
  /// The session gave its job back. Returns whose it is now.
  SessionId give_back(SessionId session, Time now);

  /// The next job for this session, which then has it; nothing if it has one, is leaving, or there
  /// is none for it.
  struct Assignment {
    WorkerId worker = 0;
    Job job = 0;
  };
  std::optional<Assignment> next(SessionId session, Time now);
  /// Sessions that may get a job now, though nothing was given to their own workers.
  [[nodiscard]] std::vector<SessionId> stand_ins(Time now);

  /// The worker's first job.
  [[nodiscard]] std::optional<Job> first(WorkerId worker) const;
  /// Whom a worker belongs to.
  [[nodiscard]] SessionId owner(WorkerId worker) const { return workers_[worker].owner; }
  /// Who computes a worker's first job.
  [[nodiscard]] SessionId holder(WorkerId worker) const { return workers_[worker].holder; }
  /// What a session computes.
  [[nodiscard]] std::optional<WorkerId> at_work_for(SessionId session) const;
  [[nodiscard]] bool idle(SessionId session) const;
  [[nodiscard]] bool knows(SessionId session) const { return members_.contains(session); }

  [[nodiscard]] std::uint32_t workers_here() const;
  /// Jobs that are given out and in nobody's hands.
  [[nodiscard]] std::uint64_t waiting() const;

 private:
  struct Worker {
    std::deque<Job> jobs;
    SessionId owner = nobody;
    SessionId holder = nobody;   ///< has the first of the jobs
    bool listed = false;         ///< in a list of those whose first job waits
    Time alone = Time::never();  ///< since then it has no owner
  };
  struct Member {
    std::vector<WorkerId> workers;
    std::deque<WorkerId> ready;       ///< of these, with a first job that waits
    std::optional<WorkerId> working;  ///< whose job it has
    bool leaving = false;
  };

  /// These workers have no session any more.
  void disown(const std::vector<WorkerId>& workers, Time now);
  /// The worker's first job waits for a session.
  void list(WorkerId worker, Time now);
  std::optional<Assignment> take_from(std::deque<WorkerId>& list, SessionId session);
  /// Those whose lease has ended become orphans.
  void end_grace(Time now);

  StandIn stand_in_;
  Time grace_;
  std::vector<Worker> workers_;
  std::map<SessionId, Member> members_;
  /// Without an owner for less than a lease, with a first job that waits: until when, and who.
  std::set<std::pair<Time, WorkerId>> missed_;
  std::deque<WorkerId>
      orphans_;  ///< for longer than that, in the order in which they get their turn
};

}  // namespace tailrace::cluster
