#include "tailrace/cluster/roster.hpp"

#include <algorithm>
#include <utility>

namespace tailrace::cluster {

void Roster::list(WorkerId worker, Time now) {
  Worker& entry = workers_[worker];
  if (entry.owner == nobody && entry.alone == Time::never()) entry.alone = now;
  if (entry.listed || entry.jobs.empty() || entry.holder != nobody) return;
  entry.listed = true;
  if (entry.owner != nobody) {
    members_.at(entry.owner).ready.push_back(worker);
  } else if (entry.alone + grace_ <= now) {
    orphans_.push_back(worker);
  } else {
    missed_.emplace(entry.alone + grace_, worker);
  }
}

std::vector<Roster::SessionId> Roster::join(SessionId session, const std::vector<WorkerId>& workers,
                                            Time now) {
  members_[session].workers = workers;
  std::set<SessionId> former;
  for (const WorkerId worker : workers) {
    Worker& entry = workers_[worker];
    if (entry.owner != nobody) former.insert(entry.owner);
    missed_.erase({entry.alone + grace_, worker});
    entry.owner = session;
    entry.alone = Time::never();
  }
  // All at once: there may be a hundred thousand of them.
  const auto owned = [this](WorkerId worker) { return workers_[worker].owner != nobody; };
  std::erase_if(orphans_, owned);
  std::vector<SessionId> replaced;
  for (const SessionId each : former) {
    Member& member = members_.at(each);
    const auto lost = [&](WorkerId worker) { return workers_[worker].owner != each; };
    std::erase_if(member.workers, lost);
    std::erase_if(member.ready, lost);
    if (member.workers.empty()) replaced.push_back(each);
  }
  for (const WorkerId worker : workers) {
    workers_[worker].listed = false;
    list(worker, now);
  }
  return replaced;
}

Roster::SessionId Roster::part(SessionId session, Time now) {
  const SessionId next = give_back(session, now);
  const auto found = members_.find(session);
  if (found == members_.end()) return nobody;
  const Member member = std::move(found->second);
  members_.erase(found);
  disown(member.workers, now);
  return next == session ? nobody : next;
}

void Roster::leave(SessionId session, Time now) {
  Member& member = members_.at(session);
  member.leaving = true;
  member.ready.clear();
  disown(std::exchange(member.workers, {}), now);
}

void Roster::disown(const std::vector<WorkerId>& workers, Time now) {
  for (const WorkerId worker : workers) {
    workers_[worker].owner = nobody;
    workers_[worker].listed = false;
    list(worker, now);
  }
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

Roster::SessionId Roster::give_back(SessionId session, Time now) {
  const auto found = members_.find(session);
  if (found == members_.end() || !found->second.working) return nobody;
  const WorkerId worker = *std::exchange(found->second.working, std::nullopt);
  workers_[worker].holder = nobody;
  list(worker, now);
  return workers_[worker].owner;
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
  end_grace(now);
  return take_from(orphans_, session);
}

void Roster::end_grace(Time now) {
  while (!missed_.empty() && missed_.begin()->first <= now) {
    orphans_.push_back(missed_.begin()->second);
    missed_.erase(missed_.begin());
  }
  // Those that were canceled meanwhile must not hide the others behind them.
  while (!orphans_.empty() && workers_[orphans_.front()].jobs.empty()) {
    workers_[orphans_.front()].listed = false;
    orphans_.pop_front();
  }
}

std::vector<Roster::SessionId> Roster::stand_ins(Time now) {
  std::vector<SessionId> free;
  if (stand_in_ == StandIn::nobody) return free;
  end_grace(now);
  for (const auto& [session, member] : members_) {
    if (free.size() >= orphans_.size()) break;
    if (idle(session)) free.push_back(session);
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
