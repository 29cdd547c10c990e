#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "tailrace/cluster/host_impl.hpp"
#include "tailrace/cluster/pack.hpp"

/// What the host does with messages. Chunks are copied, unpacked and checked outside the lock: only
/// what reaches the model is done under it.
namespace tailrace::cluster {
namespace {

constexpr std::size_t spares_max = 64;
constexpr std::uint32_t failures_max = 3;

/// That a session may send in the long run, and in a lease where that is more.
constexpr double small_messages_per_second = 100;
constexpr double small_messages_per_lease = 16;

}  // namespace

Receive HostImpl::receive(SessionId session, std::span<const std::byte> message) {
  Talk talk;
  bool greeted = false;
  {
    const std::lock_guard lock(mutex_);
    talk = find(session);
    if (talk == nullptr || talk->stage == Conversation::Stage::over) return Receive::closed;
    greeted = talk->stage == Conversation::Stage::working;
    talk->heard = training_.clock();
    if (message.size() >= small_message_bytes) talk->moved = talk->heard;
    if (!talk->again && floods(talk, message.size())) {
      part(talk, Parting::protocol, "too many messages that carry next to nothing");
      dispatch_touched();
      return Receive::closed;
    }
    if (!std::exchange(talk->again, false)) counts_.bytes_in += message.size();
  }
  const Result<Frame> frame = decode(message);
  if (!frame) return leave_it(talk, Parting::protocol, frame.error().front().what);
  if (!greeted && !std::holds_alternative<Hello>(*frame)) {
    return leave_it(talk, Parting::protocol, "Hello comes first");
  }
  return std::visit([&](const auto& each) { return on(talk, each); }, *frame);
}

/// Called under the lock.
bool HostImpl::floods(const Talk& talk, std::size_t bytes) {
  if (bytes >= small_message_bytes) return false;
  const double rate = std::max(small_messages_per_second,
                               small_messages_per_lease / options_.cluster.lease.seconds());
  const double regained = rate * (talk->heard - talk->credited).seconds();
  talk->credited = talk->heard;
  talk->credit = std::min(small_messages_max, talk->credit + regained) - 1;
  return talk->credit < 0;
}

Receive HostImpl::leave_it(const Talk& talk, Parting reason, std::string text) {
  const std::lock_guard lock(mutex_);
  part(talk, reason, text);
  dispatch_touched();
  return Receive::closed;
}

template <class Other>
Receive HostImpl::on(const Talk& talk, const Other& /*other*/) {
  return leave_it(talk, Parting::protocol, "this frame is a server's to send");
}

Receive HostImpl::on(const Talk& talk, const Hello& hello) {
  const std::lock_guard lock(mutex_);
  const auto away = [&](Parting reason, const std::string& text) {
    part(talk, reason, text);
    dispatch_touched();
    return Receive::closed;
  };
  if (talk->stage == Conversation::Stage::over) return Receive::closed;
  if (talk->stage != Conversation::Stage::greeting) {
    return away(Parting::protocol, "Hello came twice");
  }
  if (hello.protocol != protocol_version) {
    return away(Parting::version,
                fmt::format("this server speaks version {} of the protocol, the worker {}: use the "
                            "same program on both sides",
                            protocol_version, hello.protocol));
  }
  if (hello.fingerprint != 0 && hello.fingerprint != options_.fingerprint) {
    return away(Parting::other_run, "the worker was made for another experiment, method or seed");
  }
  if (barred_.contains(talk->identity.name)) {
    return away(Parting::barred, "too many of its updates were refused");
  }
  std::vector<WorkerId>& allowed = talk->identity.workers;
  std::sort(allowed.begin(), allowed.end());
  std::vector<WorkerId> workers = hello.workers.empty() ? allowed : hello.workers;
  std::sort(workers.begin(), workers.end());
  workers.erase(std::unique(workers.begin(), workers.end()), workers.end());
  for (const WorkerId worker : workers) {
    if (worker >= workers_) {
      return away(Parting::not_allowed,
                  fmt::format("there is no worker {}: the run has {}, 0 to {}", worker, workers_,
                              workers_ - 1));
    }
    if (!allowed.empty() && !std::binary_search(allowed.begin(), allowed.end(), worker)) {
      return away(Parting::not_allowed,
                  fmt::format("\"{}\" does not speak for worker {}", talk->identity.name, worker));
    }
  }
  if (workers.empty() && options_.cluster.stand_in == StandIn::nobody) {
    return away(Parting::not_allowed, "the worker has to say whose jobs it computes");
  }
  talk->stage = Conversation::Stage::working;
  for (const SessionId former : roster_.join(talk->id, workers, training_.clock())) {
    if (const Talk other = find(former)) {
      part(other, Parting::replaced, "the same worker has connected again");
    }
  }
  send(talk, Welcome{.protocol = protocol_version,
                     .program = options_.program,
                     .incarnation = incarnation_,
                     .fingerprint = options_.fingerprint,
                     .dimension = dimension_,
                     .seed = training_.seed(),
                     .lease = options_.cluster.lease,
                     .chunk = static_cast<std::uint32_t>(frame_bytes_max),
                     .method = options_.method,
                     .experiment = options_.experiment});
  note(Level::info, "joined",
       fmt::format("{} from {} for {} of {} workers", talk->identity.name, talk->identity.address,
                   workers.size(), workers_),
       {{"who", talk->identity.name},
        {"address", talk->identity.address},
        {"serial", talk->identity.serial},
        {"program", hello.program}});
  dispatch(talk->id);
  dispatch_touched();
  return Receive::more;
}

Receive HostImpl::on(const Talk& /*talk*/, const Beat& /*beat*/) { return Receive::more; }

Receive HostImpl::on(const Talk& talk, const Leave& /*leave*/) {
  const std::lock_guard lock(mutex_);
  if (talk->stage != Conversation::Stage::working) return Receive::closed;
  roster_.leave(talk->id, training_.clock());
  return Receive::more;
}

Receive HostImpl::on(const Talk& talk, const Failed& failed) {
  const std::lock_guard lock(mutex_);
  const auto found = by_ticket_.find(failed.ticket);
  if (talk->stage != Conversation::Stage::working) return Receive::closed;
  if (found == by_ticket_.end()) return Receive::more;  // nobody waits for it any more
  const WorkerId worker = training_.flight()[found->second].worker;
  if (roster_.holder(worker) != talk->id) return Receive::more;
  note(Level::warning, "job-failed",
       fmt::format("{} cannot compute a job of worker {}: {}", talk->identity.name, worker,
                   failed.text),
       {{"who", talk->identity.name}, {"worker", fmt::to_string(worker)}});
  if (++open_[found->second].failures >= failures_max) {
    training_.fail_run({{.code = "cluster/job-failed",
                         .what = fmt::format("a job of worker {} failed {} times: {}", worker,
                                             failures_max, failed.text),
                         .where = talk->identity.name,
                         .fix = "look at the worker's own output; then go on: --resume"}});
    wake_.notify_all();
    return Receive::more;
  }
  touched_.push_back(roster_.give_back(talk->id, training_.clock()));
  touched_.push_back(talk->id);
  dispatch_touched();
  return Receive::more;
}

std::optional<Refusal> HostImpl::objection(const Talk& talk, const UpdateOffer& offer) const {
  const auto found = by_ticket_.find(offer.ticket);
  if (found == by_ticket_.end()) return Refusal::unknown_job;
  const JobId job = found->second;
  const WorkerId worker = training_.flight()[job].worker;
  const std::vector<WorkerId>& allowed = talk->identity.workers;
  const std::vector<std::string>& holders = open_[job].holders;
  // What was given before a restart is its worker's to send, who may have had it then; whose
  // stand-in had it, nobody remembers.
  const bool own = allowed.empty() ? roster_.owner(worker) == talk->id
                                   : std::binary_search(allowed.begin(), allowed.end(), worker);
  const bool before = open_[job].restored && options_.cluster.stand_in == StandIn::anybody;
  const bool held = std::find(holders.begin(), holders.end(), talk->identity.name) != holders.end();
  if (!own && !held && !before) return Refusal::not_yours;
  if (roster_.first(worker) != job) return Refusal::unknown_job;
  if (offer.sent && !offer.fresh && !training_.sent_by_worker(worker)) return Refusal::bad_layout;
  return std::nullopt;
}

Receive HostImpl::on(const Talk& talk, const UpdateOffer& offer) {
  Incoming& incoming = talk->incoming;
  const bool whole = offer.packing != Packing::real || offer.bytes == dimension_ * sizeof(Real);
  if (incoming.active || offer.bytes == 0 || offer.bytes > packed_bytes_max(dimension_)) {
    return leave_it(talk, Parting::protocol,
                    incoming.active ? "the update before it has not come to its end"
                                    : fmt::format("an update of {} bytes", offer.bytes));
  }
  {
    const std::lock_guard lock(mutex_);
    if (talk->stage != Conversation::Stage::working) return Receive::closed;
    std::optional<Refusal> objection = this->objection(talk, offer);
    if (!objection && !whole) objection = Refusal::bad_layout;
    if (!objection && !talk->buffered && buffers_ >= options_.cluster.updates) {
      if (!talk->waits) {
        for_buffer_.push_back(talk->id);
        talk->waits_since = talk->heard;
      }
      talk->waits = true;
      talk->again = true;
      return Receive::wait;
    }
    incoming = {.active = true, .skipped = objection.has_value(), .offer = offer};
    if (objection) {
      release_buffer(talk);  // it may have waited for one
      const Receive then = refuse(talk, offer.ticket, *objection, {});
      dispatch_touched();
      return then;
    }
    if (!talk->buffered) ++buffers_;
    talk->buffered = true;
    talk->moved = talk->heard;
    if (!spares_.empty()) {
      incoming.update = std::move(spares_.back());
      spares_.pop_back();
    }
  }
  if (incoming.update == nullptr) incoming.update = std::make_unique<policy::Update>();
  incoming.values = incoming.update->start(dimension_);
  if (offer.packing != Packing::real) incoming.staging.resize(offer.bytes);
  return Receive::more;
}

Receive HostImpl::on(const Talk& talk, const Chunk& chunk) {
  Incoming& incoming = talk->incoming;
  if (!incoming.active || chunk.bytes.empty() || chunk.offset != incoming.received ||
      chunk.bytes.size() > incoming.offer.bytes - incoming.received) {
    return leave_it(talk, Parting::protocol, "a chunk that nobody announced, or out of order");
  }
  if (!incoming.skipped) {
    std::byte* const to = incoming.staging.empty() ? std::as_writable_bytes(incoming.values).data()
                                                   : incoming.staging.data();
    std::memcpy(to + incoming.received, chunk.bytes.data(), chunk.bytes.size());
  }
  incoming.received += chunk.bytes.size();
  return incoming.received < incoming.offer.bytes ? Receive::more : complete(talk);
}

/// All of an update is there: what can be wrong with it is found out here.
Receive HostImpl::complete(const Talk& talk) {
  Incoming incoming = std::exchange(talk->incoming, {});
  if (incoming.skipped) return Receive::more;
  const auto bad = [&](Refusal reason, std::string text) {
    const std::lock_guard lock(mutex_);
    release_buffer(talk);
    const Receive then = refuse(talk, incoming.offer.ticket, reason, std::move(text));
    dispatch_touched();
    return then;
  };
  if (incoming.offer.packing != Packing::real) {
    const Status unpacked = unpack(incoming.offer.packing, incoming.staging, incoming.values);
    if (!unpacked) return bad(Refusal::bad_layout, unpacked.error().front().what);
  }
  incoming.update->scale(incoming.offer.factor);
  const double norm = incoming.update->norm();
  if (!std::isfinite(norm)) return bad(Refusal::not_finite, "it has values that are not finite");
  if (norm > options_.cluster.limits.norm) {
    return bad(Refusal::norm_limit,
               fmt::format("its norm {:.4g} is above {:.4g}", norm, options_.cluster.limits.norm));
  }
  return deliver(talk, std::move(incoming));
}

/// Called under the lock, while the job is in flight.
void HostImpl::tell_span(const Talk& talk, const UpdateOffer& offer, JobId job) const {
  if (options_.reporter == nullptr) return;
  const engine::Flight::Job& flown = training_.flight()[job];
  options_.reporter->landed({.worker = flown.worker,
                             .job = flown.number,
                             .steps = flown.steps,
                             .given = talk->given,
                             .arrived = training_.clock(),
                             .seconds = offer.seconds,
                             .bytes_out = talk->given_bytes,
                             .bytes_in = offer.bytes});
}

Receive HostImpl::deliver(const Talk& talk, Incoming incoming) {
  const std::lock_guard lock(mutex_);
  release_buffer(talk);
  const UpdateOffer& offer = incoming.offer;
  if (talk->stage != Conversation::Stage::working) return Receive::closed;
  if (training_.over()) return Receive::more;  // the farewell comes with the next tick
  training_.prepare_arrival();
  if (training_.over()) {
    wake_.notify_all();
    return Receive::more;
  }
  if (const std::optional<Refusal> objection = this->objection(talk, offer)) {
    const Receive then = refuse(talk, offer.ticket, *objection, {});
    dispatch_touched();
    return then;
  }
  const JobId job = by_ticket_.at(offer.ticket);
  const WorkerId worker = training_.flight()[job].worker;
  const Time now = training_.clock();
  const bool held = roster_.holder(worker) == talk->id;
  touched_.push_back(roster_.owner(worker));
  if (const SessionId other = roster_.done(worker, talk->id, now); other != Roster::nobody) {
    if (const Talk late = find(other)) send(late, Canceled{offer.ticket});
    touched_.push_back(other);
  }
  if (held) {
    slowest_[worker] = std::max(slowest_[worker], now - talk->given);
    tell_span(talk, offer, job);
  }
  Time& busy = training_.worker(worker).busy;
  busy = busy + std::min(Time::from_seconds(offer.seconds), now);
  const bool keep = std::exchange(open_[job], {}).saved;
  by_ticket_.erase(offer.ticket);
  training_.arrive(job, *incoming.update, {.by_worker = offer.sent, .fresh = offer.fresh});
  if (spares_.size() < spares_max) spares_.push_back(std::move(incoming.update));
  ++counts_.updates_applied;
  talk->keeps = talk->keeps || keep;
  send(talk, Applied{.ticket = offer.ticket, .keep = keep});
  touched_.push_back(talk->id);
  dispatch_touched();
  if (training_.over() || training_.planned()) wake_.notify_all();
  return Receive::more;
}

/// Called under the lock.
Receive HostImpl::refuse(const Talk& talk, Ticket ticket, Refusal reason, std::string text) {
  ++counts_.refused[static_cast<std::size_t>(reason)];
  if (text.empty()) text = to_string(reason);
  send(talk, Refused{.ticket = ticket, .reason = reason, .text = text});
  // Late updates are nobody's fault.
  if (reason == Refusal::unknown_job) return Receive::more;
  const std::string& name = talk->identity.name;
  note(Level::warning, "refused", fmt::format("an update of {}: {}", name, text),
       {{"who", name}, {"reason", std::string(to_string(reason))}});
  if (++refusals_[name] >= options_.cluster.limits.refusals) {
    barred_.insert(name);
    if (const auto job = by_ticket_.find(ticket); job != by_ticket_.end()) {
      open_[job->second].hopeless = reason == Refusal::not_finite;
    }
    part(talk, Parting::barred, "too many of its updates were refused");
    return Receive::closed;
  }
  const std::optional<WorkerId> worker = roster_.at_work_for(talk->id);
  if (worker && open_[*roster_.first(*worker)].ticket == ticket) {
    touched_.push_back(roster_.give_back(talk->id, training_.clock()));
    touched_.push_back(talk->id);
  }
  return Receive::more;
}

/// Called under the lock.
void HostImpl::release_buffer(const Talk& talk) {
  if (std::exchange(talk->buffered, false)) --buffers_;
  grant_buffers();
}

/// Whoever is called up has its buffer already: nobody who comes just then can take it away.
void HostImpl::grant_buffers() {
  while (!for_buffer_.empty() && buffers_ < options_.cluster.updates) {
    const Talk next = find(for_buffer_.front());
    for_buffer_.pop_front();
    if (next == nullptr || next->stage != Conversation::Stage::working) continue;
    ++buffers_;
    next->buffered = true;
    next->waits = false;
    next->heard = training_.clock();
    next->moved = next->heard;
    next->given = next->given + (next->heard - next->waits_since);
    next->session->resume();
  }
}

}  // namespace tailrace::cluster
