#include "tailrace/cluster/roster.hpp"

#include <algorithm>

namespace tailrace::cluster {

void Roster::list(WorkerId worker, Time now) {
  Worker& entry = workers_[worker];
  if (entry.listed || entry.jobs.empty() || entry.holder != nobody) return;
  entry.listed = true;
  if (entry.owner != nobody) {
    members_.at(entry.owner).ready.push_back(worker);
  } else {
    entry.since = now;
    orphans_.push_back(worker);
  }
}

std::vector<Roster::SessionId> Roster::join(SessionId session, const std::vector<WorkerId>& workers,
                                            Time now) {
  members_[session].workers = workers;
  std::vector<SessionId> replaced;
  for (const WorkerId worker : workers) {
    Worker& entry = workers_[worker];
    if (entry.owner != nobody) {
      Member& former = members_.at(entry.owner);
      std::erase(former.workers, worker);
      std::erase(former.ready, worker);
      if (former.workers.empty()) replaced.push_back(entry.owner);
    } else {
      std::erase(orphans_, worker);
    }
    entry.owner = session;
    entry.listed = false;
    list(worker, now);
  }
  return replaced;
}

void Roster::part(SessionId session, Time now) {
  const auto found = members_.find(session);
  if (found == members_.end()) return;
  const Member member = std::move(found->second);
  members_.erase(found);
  for (const WorkerId worker : member.workers) {
    workers_[worker].owner = nobody;
    workers_[worker].listed = false;
    list(worker, now);
  }
  if (!member.working) return;
  workers_[*member.working].holder = nobody;
  list(*member.working, now);
}

void Roster::give(WorkerId worker, Job job, Time now) {
  workers_[worker].jobs.push_back(job);
  list(worker, now);
}

Roster::SessionId Roster::done(WorkerId worker, SessionId by, Time now) {
  Worker& entry = workers_[worker];
  const SessionId holder = entry.holder;
  if (holder != nobody) members_.at(holder).working.reset();
  entry.holder = nobody;
  entry.jobs.pop_front();
  list(worker, now);
  return holder == by ? nobody : holder;
}

Roster::SessionId Roster::cancel(WorkerId worker, Time /*now*/) {
  Worker& entry = workers_[worker];
  entry.jobs.clear();
  const SessionId holder = entry.holder;
  if (holder != nobody) members_.at(holder).working.reset();
  entry.holder = nobody;
  return holder;
}

void Roster::give_back(SessionId session, Time now) {
  Member& member = members_.at(session);
  if (!member.working) return;
  const WorkerId worker = *member.working;
  member.working.reset();
  workers_[worker].holder = nobody;
  list(worker, now);
}

std::optional<Roster::Assignment> Roster::take_from(std::deque<WorkerId>& list, SessionId session) {
  while (!list.empty()) {
    const WorkerId worker = list.front();
    list.pop_front();
    Worker& entry = workers_[worker];
    entry.listed = false;
    if (entry.jobs.empty() || entry.holder != nobody) continue;  // canceled since it was listed
    entry.holder = session;
    members_.at(session).working = worker;
    return Assignment{.worker = worker, .job = entry.jobs.front()};
  }
  return std::nullopt;
}

std::optional<Roster::Assignment> Roster::next(SessionId session, Time now) {
  const auto found = members_.find(session);
  if (found == members_.end() || found->second.working || found->second.leaving) {
    return std::nullopt;
  }
  if (auto own = take_from(found->second.ready, session)) return own;
  if (stand_in_ == StandIn::nobody) return std::nullopt;
  // Those that were canceled meanwhile must not hide the others behind them.
  while (!orphans_.empty() && workers_[orphans_.front()].jobs.empty()) {
    workers_[orphans_.front()].listed = false;
    orphans_.pop_front();
  }
  if (orphans_.empty() || now < workers_[orphans_.front()].since + grace_) return std::nullopt;
  return take_from(orphans_, session);
}

std::vector<Roster::SessionId> Roster::stand_ins(Time now) const {
  std::vector<SessionId> free;
  if (stand_in_ == StandIn::nobody || orphans_.empty()) return free;
  if (now < workers_[orphans_.front()].since + grace_) return free;
  for (const auto& [session, member] : members_) {
    if (idle(session)) free.push_back(session);
    if (free.size() == orphans_.size()) break;
  }
  return free;
}

std::optional<Roster::Job> Roster::first(WorkerId worker) const {
  if (workers_[worker].jobs.empty()) return std::nullopt;
  return workers_[worker].jobs.front();
}

std::optional<WorkerId> Roster::at_work_for(SessionId session) const {
  const auto found = members_.find(session);
  return found == members_.end() ? std::nullopt : found->second.working;
}

bool Roster::idle(SessionId session) const {
  const auto found = members_.find(session);
  return found != members_.end() && !found->second.working && !found->second.leaving;
}

std::uint32_t Roster::workers_here() const {
  return static_cast<std::uint32_t>(std::count_if(
      workers_.begin(), workers_.end(), [](const Worker& each) { return each.owner != nobody; }));
}

std::uint64_t Roster::waiting() const {
  std::uint64_t count = 0;
  for (const Worker& worker : workers_) {
    count += worker.jobs.size() - (worker.holder != nobody ? 1 : 0);
  }
  return count;
}

}  // namespace tailrace::cluster
