#include "tailrace/cluster/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "tailrace/cluster/client_impl.hpp"
#include "tailrace/cluster/pack.hpp"
#include "tailrace/core/check.hpp"

namespace tailrace::cluster {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto first_pause = 50ms;
constexpr auto longest_pause = 2000ms;
/// How soon the session's thread notices that the caller leaves.
constexpr auto look_every = 100ms;
/// A lease may be as short as a nanosecond.
constexpr auto shortest_beat = 1ms;
constexpr std::size_t kept_max = 8;

std::vector<std::byte> bytes_of(std::span<const Real> values) {
  const auto bytes = std::as_bytes(values);
  return {bytes.begin(), bytes.end()};
}

/// What a server says for good: trying again would not help.
bool is_final(Parting reason) {
  return reason != Parting::draining && reason != Parting::lease_ended && reason != Parting::full;
}

}  // namespace

Result<std::unique_ptr<Client>> Client::connect(Connect connect, ClientOptions options) {
  auto client = std::make_unique<ClientImpl>(std::move(connect), std::move(options));
  if (Status begun = client->begin(); !begun) return fail(begun.error());
  return client;
}

ClientImpl::~ClientImpl() {
  stopping_ = true;
  {
    const std::lock_guard lock(mutex_);
    if (session_ != nullptr) session_->close();
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

Status ClientImpl::begin() {
  thread_ = std::thread([this] { keep_session(); });
  Lock lock(mutex_);
  wake_.wait(lock, [this] { return welcomed_ || ended(); });
  if (error_) return fail(*error_);
  return {};
}

Welcome ClientImpl::welcome() const {
  const std::lock_guard lock(mutex_);
  return welcome_;
}

std::string ClientImpl::why() const {
  const std::lock_guard lock(mutex_);
  return why_;
}

bool ClientImpl::canceled(const Job& job) const { return canceled_ == job.ticket; }

void ClientImpl::say(const std::string& text) const {
  if (options_.say) options_.say(text);
}

// The caller's side.

Result<std::optional<Client::Job>> ClientImpl::next_job() {
  Lock lock(mutex_);
  model_in_use_.reset();
  // Before the session is ready, kept updates are sent again: the job may be one of theirs.
  const auto ready = [this] { return offered_ && link_ != nullptr; };
  while (!ready() && !ended() && !leaving_) wake_.wait_for(lock, look_every);
  if (error_) return fail(*error_);
  if (over_ || !ready()) return std::nullopt;
  const Offered offered = *std::exchange(offered_, std::nullopt);
  model_in_use_ = offered.model;
  handed_out_ = Clock::now();
  return Job{.ticket = offered.offer.ticket,
             .worker = offered.offer.worker,
             .number = offered.offer.number,
             .version = offered.offer.version,
             .steps = offered.offer.steps,
             .parameters = *offered.model,
             .incarnation = welcome_.incarnation};
}

Result<Client::Answer> ClientImpl::send(const Job& job, std::span<const Real> values) {
  TAILRACE_CHECK(values.size() == job.parameters.size());
  const std::chrono::duration<double> took = Clock::now() - handed_out_;
  return deliver(
      {.offer = {.ticket = job.ticket, .seconds = took.count(), .bytes = values.size_bytes()},
       .bytes = std::make_shared<const std::vector<std::byte>>(bytes_of(values))});
}

Result<Client::Answer> ClientImpl::send(const Job& job, policy::Update& update, const Made& made) {
  TAILRACE_CHECK(update.dimension() == job.parameters.size());
  update.settle();
  UpdateOffer offer{.ticket = job.ticket,
                    .sent = made.sent,
                    .fresh = made.fresh,
                    .factor = update.factor(),
                    .seconds = made.seconds};
  std::vector<Real> values(update.dimension());
  update.exchange(values);
  Packed packed = pack(values);
  offer.packing = packed.packing;
  if (packed.packing == Packing::real) packed.bytes = bytes_of(values);
  offer.bytes = packed.bytes.size();
  return deliver(
      {.offer = offer,
       .bytes = std::make_shared<const std::vector<std::byte>>(std::move(packed.bytes))});
}

Result<Client::Answer> ClientImpl::deliver(Parcel parcel) {
  std::shared_ptr<Link> link;  // let go without the lock, since to end a session may take a while
  Lock lock(mutex_);
  const Ticket ticket = parcel.offer.ticket;
  while (true) {
    awaited_ = ticket;
    answer_.reset();
    wake_.wait(lock, [this] { return link_ != nullptr || ended(); });
    if (error_) return fail(*error_);
    if (over_) return Answer::refused;
    if (canceled_ == ticket) {
      why_ = "the job was canceled";
      return Answer::refused;
    }
    link = link_;
    const std::size_t chunk = welcome_.chunk;
    lock.unlock();
    const Status sent = link->send(
        {.frame = encode(parcel.offer), .body = {.bytes = *parcel.bytes, .owner = parcel.bytes}},
        chunk);
    lock.lock();
    // A broken session is the other thread's to notice and to mend.
    if (sent) wake_.wait(lock, [&] { return answer_ || link_ != link || ended(); });
    if (!sent) wake_.wait(lock, [&] { return link_ != link || ended(); });
    if (answer_) break;
    lock.unlock();
    link.reset();
    lock.lock();
  }
  awaited_.reset();
  if (*answer_ == Answer::applied && keep_last_) {
    if (kept_.size() >= kept_max) kept_.pop_front();
    kept_.push_back(std::move(parcel));
  }
  return *answer_;
}

Status ClientImpl::fail_job(const Job& job, const std::string& why) {
  Lock lock(mutex_);
  wake_.wait(lock, [this] { return link_ != nullptr || ended(); });
  if (error_) return fail(*error_);
  if (over_) return {};
  const std::shared_ptr<Link> link = link_;
  lock.unlock();
  // If the session breaks now, the job is given out again all the same.
  static_cast<void>(link->send({.frame = encode(Failed{job.ticket, why})}, 1));
  return {};
}

// The session's thread.

void ClientImpl::fail_with(Errors errors) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(errors);
  wake_.notify_all();
}

void ClientImpl::keep_session() {
  auto last_heard = Clock::now();
  auto pause = std::chrono::milliseconds(first_pause);
  Errors last_error;
  while (!stopping_) {
    Result<std::unique_ptr<Link>> link = connect_();
    if (link) {
      if (hold_session(std::move(*link))) {
        pause = first_pause;
        last_heard = Clock::now();
      }
    } else {
      last_error = link.error();
    }
    {
      const std::lock_guard lock(mutex_);
      if (leaving_ && welcomed_ && !ended()) {  // nobody may wait for an answer now
        over_ = true;
        why_ = "there was no session any more when the worker was leaving";
        wake_.notify_all();
      }
      if (ended() || stopping_) return;
    }
    if (Clock::now() - last_heard > options_.give_up) {
      if (last_error.empty()) {
        last_error.push_back({.code = "cluster/no-server",
                              .what = "the server ended every session at once",
                              .where = {},
                              .fix = "look at its own output"});
      }
      return fail_with(std::move(last_error));
    }
    pause_for(pause);
    pause = std::min<std::chrono::milliseconds>(2 * pause, longest_pause);
  }
}

bool ClientImpl::hold_session(const std::shared_ptr<Link>& link) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    session_ = link;
  }
  const bool greeted = greet(*link);
  if (greeted && send_kept(*link)) {
    {
      const std::lock_guard lock(mutex_);
      link_ = link;
      wake_.notify_all();
    }
    converse(*link);
  }
  link->close();
  const std::lock_guard lock(mutex_);
  session_.reset();
  link_.reset();
  offered_.reset();
  wake_.notify_all();
  return greeted;
}

void ClientImpl::pause_for(std::chrono::milliseconds pause) const {
  for (auto left = pause; left.count() > 0 && !stopping_ && !leaving_; left -= look_every) {
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(left, look_every));
  }
}

Result<std::optional<Frame>> ClientImpl::receive(Link& link, Link::Deadline until,
                                                 Link::Message& memory) {
  Result<std::optional<Link::Message>> message = link.receive(until);
  if (!message) return fail(message.error());
  if (!*message) return std::nullopt;
  memory = std::move(**message);
  Result<Frame> frame = decode(memory);
  if (!frame) return fail(frame.error());
  return std::optional<Frame>(std::move(*frame));
}

bool ClientImpl::greet(Link& link) {
  arriving_.reset();
  unwanted_ = false;
  last_model_.reset();
  said_leave_ = false;
  const Hello hello{.protocol = protocol_version,
                    .program = options_.program,
                    .fingerprint = options_.fingerprint,
                    .workers = options_.workers};
  // A server that has no use for us may have said so already.
  static_cast<void>(link.send({.frame = encode(hello)}, 1));
  Link::Message memory;
  const auto until = Clock::now() + std::max<std::chrono::milliseconds>(options_.give_up, 1s);
  const Result<std::optional<Frame>> frame = receive(link, until, memory);
  if (!frame || !*frame) return false;
  if (const auto* farewell = std::get_if<Farewell>(&**frame)) {
    part(*farewell);
    return false;
  }
  const auto* welcome = std::get_if<Welcome>(&**frame);
  if (welcome == nullptr || welcome->chunk == 0) return false;
  const std::lock_guard lock(mutex_);
  if (welcomed_ && welcome_.fingerprint != welcome->fingerprint) {
    error_ = {{.code = "cluster/parted",
               .what = "the server now runs another experiment",
               .where = {},
               .fix = "start the worker again"}};
    wake_.notify_all();
    return false;
  }
  // The same server remembers what it applied; only another one may have lost it.
  if (welcomed_ && welcome_.incarnation == welcome->incarnation) kept_.clear();
  welcome_ = *welcome;
  welcomed_ = true;
  wake_.notify_all();
  return true;
}

bool ClientImpl::send_kept(Link& link) {
  std::deque<Parcel> parcels;
  {
    const std::lock_guard lock(mutex_);
    parcels = std::exchange(kept_, {});
  }
  for (Parcel& parcel : parcels) {
    const Status sent = link.send(
        {.frame = encode(parcel.offer), .body = {.bytes = *parcel.bytes, .owner = parcel.bytes}},
        welcome_.chunk);
    if (!sent) return false;
    // The answer is of no interest but for its coming: then the next one may be sent.
    for (bool answered = false; !answered;) {
      Link::Message memory;
      const auto frame = receive(link, Clock::now() + 60s, memory);
      if (!frame || !*frame) return false;
      answered =
          std::holds_alternative<Applied>(**frame) || std::holds_alternative<Refused>(**frame);
      if (!answered && !deal_with(**frame)) return false;
    }
    // The new server may have offered the same job before it knew that it was done.
    drop(parcel.offer.ticket);
    say("an update of before the server's restart was sent again");
  }
  return true;
}

void ClientImpl::converse(Link& link) {
  const auto beat_every = std::max<std::chrono::nanoseconds>(
      std::chrono::nanoseconds(welcome_.lease.ns / 4), shortest_beat);
  auto next_beat = Clock::now() + beat_every;
  while (!stopping_) {
    if (leaving_ && !std::exchange(said_leave_, true)) {
      if (!link.send({.frame = encode(Leave{})}, 1)) return hear_out(link);
    }
    if (Clock::now() >= next_beat) {
      if (!link.send({.frame = encode(Beat{})}, 1)) return hear_out(link);
      next_beat = Clock::now() + beat_every;
    }
    Link::Message memory;
    const auto frame = receive(link, std::min(next_beat, Clock::now() + look_every), memory);
    if (!frame) {
      if (!stopping_) say("the session broke: " + frame.error().front().what);
      return;
    }
    if (*frame && !deal_with(**frame)) return;
    if (*frame && std::holds_alternative<Chunk>(**frame)) link.reuse(std::move(memory));
  }
}

void ClientImpl::hear_out(Link& link) {
  const auto until = Clock::now() + look_every;
  Link::Message memory;
  while (true) {
    const auto frame = receive(link, until, memory);
    if (!frame || !*frame || !deal_with(**frame)) return;
  }
}

bool ClientImpl::deal_with(const Frame& frame) {
  if (const auto* offer = std::get_if<JobOffer>(&frame)) {
    return expect(*offer);
  } else if (const auto* chunk = std::get_if<Chunk>(&frame)) {
    return take_chunk(*chunk);
  } else if (const auto* applied = std::get_if<Applied>(&frame)) {
    const std::lock_guard lock(mutex_);
    keep_last_ = applied->keep;
    answer(applied->ticket, Answer::applied, {});
  } else if (const auto* refused = std::get_if<Refused>(&frame)) {
    const std::lock_guard lock(mutex_);
    answer(refused->ticket, Answer::refused, refused->text);
  } else if (std::holds_alternative<Durable>(frame)) {
    const std::lock_guard lock(mutex_);
    kept_.clear();
    keep_last_ = false;  // the caller may not have looked at its answer yet
  } else if (const auto* canceled = std::get_if<Canceled>(&frame)) {
    drop(canceled->ticket);
  } else if (const auto* farewell = std::get_if<Farewell>(&frame)) {
    return part(*farewell);
  }
  return true;
}

/// Memory that nobody reads: the caller may still have the model of the job before.
std::shared_ptr<ClientImpl::Model> ClientImpl::free_model() {
  const std::lock_guard lock(mutex_);
  filling_.reset();
  for (const std::shared_ptr<Model>& model : models_) {
    if (model.use_count() == 1) return model;
  }
  return models_.emplace_back(std::make_shared<Model>());
}

bool ClientImpl::expect(const JobOffer& offer) {
  arriving_ = offer;
  unwanted_ = false;
  filled_ = 0;
  if (offer.bytes == 0 && last_model_ != nullptr) {
    hand_over();
    return true;
  }
  last_model_.reset();
  if (offer.bytes == 0 || offer.bytes != welcome_.dimension * sizeof(Real)) return false;
  filling_ = free_model();
  filling_->resize(welcome_.dimension);
  return true;
}

bool ClientImpl::take_chunk(const Chunk& chunk) {
  if (!arriving_ || chunk.offset != filled_ || chunk.bytes.size() > arriving_->bytes - filled_) {
    say("the server sent a piece of a model that nobody expected");
    return false;
  }
  std::memcpy(reinterpret_cast<std::byte*>(filling_->data()) + filled_, chunk.bytes.data(),
              chunk.bytes.size());
  filled_ += chunk.bytes.size();
  if (filled_ < arriving_->bytes) return true;
  last_model_ = filling_;
  hand_over();
  return true;
}

void ClientImpl::hand_over() {
  const JobOffer offer = *std::exchange(arriving_, std::nullopt);
  const std::lock_guard lock(mutex_);
  offered_.reset();
  if (!unwanted_) offered_ = {.offer = offer, .model = last_model_};
  wake_.notify_all();
}

/// Nobody waits for this job any more. Its model is received to the end all the same: the server
/// counts on its being here.
void ClientImpl::drop(Ticket ticket) {
  if (arriving_ && arriving_->ticket == ticket) {
    unwanted_ = true;
    return;
  }
  const std::lock_guard lock(mutex_);
  if (offered_ && offered_->offer.ticket == ticket) {
    offered_.reset();
  } else {
    canceled_ = ticket;
  }
}

void ClientImpl::answer(Ticket ticket, Answer answer, std::string why) {
  if (awaited_ != ticket) return;
  answer_ = answer;
  why_ = std::move(why);
  wake_.notify_all();
}

bool ClientImpl::part(const Farewell& farewell) {
  const bool passing = farewell.reason != Parting::finished && !is_final(farewell.reason);
  if (passing) say(fmt::format("the server ended the session: {}", farewell.text));
  const std::lock_guard lock(mutex_);
  why_ = farewell.text;
  if (farewell.reason == Parting::finished) {
    over_ = true;
  } else if (!passing) {
    error_ = {{.code = "cluster/parted",
               .what = fmt::format("the server ended the session: {}", farewell.text),
               .where = std::string(to_string(farewell.reason)),
               .fix = "see what the reason says; the server's log has more"}};
  }
  wake_.notify_all();
  return false;
}

}  // namespace tailrace::cluster
