#include "tailrace/cluster/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "tailrace/cluster/host_impl.hpp"

namespace tailrace::cluster {
namespace {

using Clock = std::chrono::steady_clock;
using engine::Ending;

/// A peer says hello within this time or is not one of ours.
constexpr Time hello_within{10'000'000'000};
/// tick() looks at sessions this often.
constexpr Time sweep_every{50'000'000};
/// For each job given; two would do.
constexpr double small_messages_per_job = 8;

std::uint64_t random_number() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

/// Spreads a number over all 64 bits (splitmix64).
std::uint64_t mixed(std::uint64_t number) {
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9u;
  number = (number ^ (number >> 27)) * 0x94d049bb133111ebu;
  return number ^ (number >> 31);
}

}  // namespace

HostImpl::HostImpl(const problem::Problem& problem, const policy::Method& method,
                   const engine::RunOptions& options, const HostOptions& host)
    : options_(host),
      workers_(static_cast<std::uint32_t>(problem.workers())),
      dimension_(problem.dimension()),
      incarnation_(random_number()),
      roster_(workers_, host.cluster),
      training_(problem, method, options, *this, host.clock),
      slowest_(workers_) {}

Status HostImpl::begin() {
  const std::lock_guard lock(mutex_);
  const Result<bool> resumed = training_.begin();
  if (!resumed) return fail(resumed.error());
  for (const Error& error : training_.passed_over()) {
    note(Level::warning, "checkpoint-unusable",
         fmt::format("{} is passed over: {}", error.where, error.what), {{"file", error.where}});
  }
  counts_.ready = true;
  note(Level::info, *resumed ? "resumed" : "began",
       *resumed ? fmt::format("goes on at step {} with {} jobs in flight",
                              training_.server().version(), training_.flight().size())
                : fmt::format("waits for {} workers", workers_));
  return {};
}

Ticket HostImpl::new_ticket() {
  Ticket ticket = 0;
  do {
    ticket = mixed(incarnation_ + 0x9e3779b97f4a7c15u * ++tickets_);
  } while (ticket == 0 || by_ticket_.contains(ticket));
  return ticket;
}

HostImpl::Talk HostImpl::find(SessionId session) const {
  const auto found = talks_.find(session);
  return found == talks_.end() ? nullptr : found->second;
}

// Sessions.

Host::SessionId HostImpl::open(std::shared_ptr<Session> session, Identity identity) {
  const std::lock_guard lock(mutex_);
  auto talk = std::make_shared<Conversation>();
  talk->id = ++last_session_;
  talk->session = std::move(session);
  talk->identity = std::move(identity);
  talk->heard = training_.clock();
  talk->credit = small_messages_max;
  talk->credited = talk->heard;
  talks_.emplace(talk->id, talk);
  ++counts_.sessions;
  if (ended_) {
    part(talk, Parting::finished, "the run is over");
  } else if (revoked_.contains(talk->identity.serial)) {
    part(talk, Parting::revoked, "this certificate was revoked");
  } else if (talks_.size() > options_.cluster.sessions) {
    part(talk, Parting::full,
         fmt::format("the server holds {} sessions", options_.cluster.sessions));
  }
  return talk->id;
}

void HostImpl::closed(SessionId session, const std::string& why) {
  const std::lock_guard lock(mutex_);
  const Talk talk = find(session);
  if (talk == nullptr) return;
  if (talk->stage == Conversation::Stage::working) {
    note(Level::info, "left", fmt::format("{} has gone: {}", talk->identity.name, why),
         {{"who", talk->identity.name}, {"why", why}});
  }
  talk->stage = Conversation::Stage::over;
  touched_.push_back(roster_.part(session, training_.clock()));
  talks_.erase(session);
  --counts_.sessions;
  release_buffer(talk);
  dispatch_touched();
}

void HostImpl::part(const Talk& talk, Parting reason, const std::string& text) {
  if (talk->stage == Conversation::Stage::over) return;
  talk->stage = Conversation::Stage::over;
  ++counts_.partings[static_cast<std::size_t>(reason)];
  touched_.push_back(roster_.part(talk->id, training_.clock()));
  send(talk, Farewell{.reason = reason, .text = text});
  talk->session->finish();
  if (talk->waits) talk->session->resume();  // to hear that it is over
  if (reason == Parting::finished || reason == Parting::draining) return;
  note(Level::warning, "parted",
       fmt::format("{} was sent away ({}): {}", talk->identity.name, to_string(reason), text),
       {{"who", talk->identity.name},
        {"address", talk->identity.address},
        {"reason", std::string(to_string(reason))}});
}

void HostImpl::send(const Talk& talk, const Frame& frame, Body body) {
  Outgoing message{.frame = encode(frame), .body = std::move(body)};
  counts_.bytes_out += message.frame.size() + message.body.bytes.size();
  talk->session->send(std::move(message));
}

void HostImpl::revoke(const std::vector<std::string>& serials) {
  const std::lock_guard lock(mutex_);
  revoked_ = std::set<std::string>(serials.begin(), serials.end());
  for (const auto& [id, talk] : talks_) {
    if (!revoked_.contains(talk->identity.serial)) continue;
    part(talk, Parting::revoked, "this certificate was revoked");
  }
  dispatch_touched();
}

// Jobs.

void HostImpl::give(JobId job) {
  if (open_.size() <= job) open_.resize(job + std::size_t{1});
  if (open_[job].ticket == 0) {  // else it is one of before the restart
    open_[job].ticket = new_ticket();
    by_ticket_.emplace(open_[job].ticket, job);
  }
  const WorkerId worker = training_.flight()[job].worker;
  roster_.give(worker, job, training_.clock());
  touched_.push_back(roster_.owner(worker));
}

void HostImpl::cancel(WorkerId worker, const std::vector<JobId>& jobs) {
  const std::optional<JobId> first = roster_.first(worker);
  const SessionId holder = roster_.cancel(worker, training_.clock());
  if (holder != Roster::nobody) {
    if (const Talk talk = find(holder)) send(talk, Canceled{open_[*first].ticket});
    touched_.push_back(holder);
  }
  for (const JobId job : jobs) {
    by_ticket_.erase(open_[job].ticket);
    open_[job] = {};
  }
}

void HostImpl::dispatch_touched() {
  bool orphans = false;
  for (const SessionId session : touched_) {
    orphans = orphans || session == Roster::nobody;
    dispatch(session);
  }
  touched_.clear();
  if (!orphans) return;
  for (const SessionId session : roster_.stand_ins(training_.clock())) dispatch(session);
}

void HostImpl::dispatch(SessionId session) {
  const Talk talk = find(session);
  if (talk == nullptr || talk->stage != Conversation::Stage::working || training_.over()) return;
  const Time now = training_.clock();
  if (now < talk->not_before) {
    if (std::find(throttled_.begin(), throttled_.end(), session) == throttled_.end()) {
      throttled_.push_back(session);
      if (throttled_.size() == 1) {
        hurry_ = true;
        wake_.notify_all();
      }
    }
    return;
  }
  const std::optional<Roster::Assignment> assignment = roster_.next(session, now);
  if (assignment) send_job(talk, *assignment);
}

void HostImpl::send_job(const Talk& talk, const Roster::Assignment& assignment) {
  const engine::Flight::Job& job = training_.flight()[assignment.job];
  Open& open = open_[assignment.job];
  if (std::find(open.holders.begin(), open.holders.end(), talk->identity.name) ==
      open.holders.end()) {
    open.holders.push_back(talk->identity.name);
  }
  talk->given = training_.clock();
  const double rate = options_.cluster.limits.updates_per_second;
  if (rate > 0) talk->not_before = talk->given + Time::from_seconds(1 / rate);
  talk->credit += small_messages_per_job;
  ++counts_.jobs_given;
  JobOffer offer{.ticket = open.ticket,
                 .worker = job.worker,
                 .number = job.number,
                 .version = job.version,
                 .steps = job.steps,
                 .model = (std::uint64_t{job.branch} << 48) ^ job.version};
  Body body;
  if (talk->model != offer.model) {
    pinned_->release(training_.server());  // tick() may be busy with an evaluation
    body = pinned_->pin(training_.server(), job.branch, job.slot);
    offer.bytes = body.bytes.size();
    talk->model = offer.model;
  }
  talk->given_bytes = offer.bytes;
  send(talk, offer, std::move(body));
}

Time HostImpl::slow_after(WorkerId worker) const {
  const Time slowest = slowest_[worker];
  if (slowest == Time{0}) return Time::never();
  return std::max(options_.cluster.lease,
                  Time::from_seconds(slowest.seconds() * options_.cluster.patience));
}

// The clock.

void HostImpl::sweep(Time now) {
  for (const auto& [id, talk] : talks_) {
    if (talk->stage == Conversation::Stage::greeting && talk->heard + hello_within < now) {
      part(talk, Parting::protocol, "no Hello came");
    }
    if (talk->stage != Conversation::Stage::working || talk->waits) continue;
    const std::string lateness = this->lateness(*talk, now);
    if (lateness.empty()) continue;
    ++counts_.leases_ended;
    part(talk, Parting::lease_ended, lateness);
  }
  touched_.push_back(Roster::nobody);  // a lease may have made orphans
  end_if_diverged();
}

/// One worker with values that are not finite is its own trouble. If none is left but such, and
/// every job is one of theirs, it is the model's.
void HostImpl::end_if_diverged() {
  const auto works = [](const auto& entry) {
    return entry.second->stage == Conversation::Stage::working;
  };
  if (barred_.empty() || std::any_of(talks_.begin(), talks_.end(), works)) return;
  const std::vector<JobId> jobs = training_.flight().open();
  const bool hopeless =
      std::all_of(jobs.begin(), jobs.end(), [&](JobId job) { return open_[job].hopeless; });
  if (!jobs.empty() && hopeless) training_.end(Ending::diverged);
}

std::string HostImpl::lateness(const Conversation& talk, Time now) const {
  const Time lease = options_.cluster.lease;
  if (talk.heard + lease < now) return fmt::format("nothing was heard for {}", to_string(lease));
  // Or it would keep a buffer from the others for as long as it likes.
  if (talk.buffered && talk.moved + lease < now) {
    return fmt::format("its update has not come on for {}", to_string(lease));
  }
  const std::optional<WorkerId> worker = roster_.at_work_for(talk.id);
  if (!worker || talk.given + slow_after(*worker) >= now) return {};
  return fmt::format("its job takes {} times as long as its slowest so far",
                     options_.cluster.patience);
}

void HostImpl::dispatch_throttled(Time now) {
  while (!throttled_.empty()) {
    const Talk talk = find(throttled_.front());
    if (talk != nullptr && talk->not_before > now) break;
    throttled_.pop_front();
    if (talk != nullptr) dispatch(talk->id);
  }
}

Clock::time_point HostImpl::tick() {
  Lock lock(mutex_);
  if (ended_) return Clock::now();
  hurry_ = false;
  pinned_->release(training_.server());
  training_.keep_house();
  const Time now = training_.clock();
  dispatch_throttled(now);
  if (next_sweep_ <= now) {
    sweep(now);
    next_sweep_ = now + sweep_every;
  }
  dispatch_touched();
  evaluate(lock);
  if (training_.over()) {
    end_run(lock);
    return Clock::now();
  }
  if (training_.checkpoint_due()) save(lock);
  Time next = std::min(training_.next_moment(), now + sweep_every);
  if (const Talk talk = throttled_.empty() ? nullptr : find(throttled_.front())) {
    next = std::min(next, talk->not_before);
  }
  return training_.moment(next);
}

void HostImpl::wait(Clock::time_point until) {
  Lock lock(mutex_);
  wake_.wait_until(lock, until,
                   [&] { return ended_ || hurry_ || training_.over() || training_.planned(); });
}

void HostImpl::evaluate(Lock& lock) {
  const std::unique_ptr<Training::Evaluation> evaluation = training_.take_evaluation();
  if (evaluation == nullptr || training_.over()) return;
  lock.unlock();
  const problem::Evaluation figures = training_.figures(*evaluation);
  lock.lock();
  training_.record(*evaluation, figures);
}

void HostImpl::save(Lock& lock) {
  if (!training_.has_checkpoints()) return;
  Result<engine::Checkpoint::Snapshot> snapshot = training_.snapshot();
  // Whatever becomes of the file: better kept too long.
  for (const JobId job : training_.flight().open()) open_[job].saved = true;
  std::vector<Talk> keepers;
  for (const auto& [id, talk] : talks_) {
    if (std::exchange(talk->keeps, false)) keepers.push_back(talk);
  }
  Status saved;
  if (snapshot) {
    lock.unlock();
    saved = training_.write(std::move(*snapshot));
    lock.lock();
  } else {
    saved = fail(snapshot.error());
  }
  if (!saved) {
    ++counts_.checkpoint_failures;
    for (const Talk& talk : keepers) talk->keeps = true;
    return note(Level::error, "checkpoint-failed", to_string(saved.error()));
  }
  ++counts_.checkpoints;
  saved_at_ = Clock::now();
  for (const Talk& talk : keepers) {
    // What was answered meanwhile is not in this file; the next one will do for all.
    if (!talk->keeps && talk->stage == Conversation::Stage::working) send(talk, Durable{});
  }
}

void HostImpl::end_run(Lock& lock) {
  const bool interrupted = training_.ending() == Ending::interrupted;
  if (training_.saves_at_end()) save(lock);
  for (const auto& [id, talk] : talks_) {
    part(talk, interrupted ? Parting::draining : Parting::finished,
         interrupted ? "the server stops for now" : "the run is over");
  }
  counts_.ready = false;
  ended_ = true;
  wake_.notify_all();
  note(Level::info, interrupted ? "interrupted" : "finished",
       fmt::format("{} steps", training_.server().version()));
}

Result<engine::RunResult> HostImpl::result() {
  const std::lock_guard lock(mutex_);
  return training_.finish();
}

void HostImpl::state(Archive& archive) {
  archive(slowest_);
  std::vector<Ticket> tickets;
  for (const Open& open : open_) tickets.push_back(open.ticket);
  archive(tickets);
  if (!archive.reading()) return;
  open_.assign(tickets.size(), {});
  by_ticket_.clear();
  slowest_.resize(workers_);
  for (JobId job = 0; job < tickets.size(); ++job) {
    open_[job] = {
        .ticket = tickets[job], .saved = true, .restored = true, .failures = 0, .holders = {}};
    if (tickets[job] != 0) by_ticket_.emplace(tickets[job], job);
  }
}

void HostImpl::note(Level level, std::string_view name, std::string text,
                    std::vector<Event::Fact> facts) {
  if (options_.reporter == nullptr) return;
  options_.reporter->note(
      {.level = level, .name = name, .text = std::move(text), .facts = std::move(facts)});
}

Standings HostImpl::standings() const {
  const std::lock_guard lock(mutex_);
  Standings all = counts_;
  const policy::ServerCounts& counts = training_.server().counts();
  all.over = ended_;
  all.time = training_.clock();
  all.steps = training_.server().version();
  all.gradients = training_.gradients();
  all.staleness_mean = counts.staleness_mean();
  all.staleness_max = counts.staleness_max;
  all.loss = training_.loss();
  all.workers = workers_;
  all.workers_here = roster_.workers_here();
  all.jobs_in_flight = training_.flight().size();
  all.jobs_waiting = roster_.waiting();
  all.versions_alive = training_.server().models().versions_alive();
  all.checkpoint_age_seconds = std::chrono::duration<double>(Clock::now() - saved_at_).count();
  return all;
}

Result<std::unique_ptr<Host>> make_host(const problem::Problem& problem,
                                        const policy::Method& method,
                                        const engine::RunOptions& options,
                                        const HostOptions& host) {
  auto made = std::make_unique<HostImpl>(problem, method, options, host);
  if (Status begun = made->begin(); !begun) return fail(begun.error());
  return made;
}

}  // namespace tailrace::cluster
