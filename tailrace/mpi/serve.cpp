#include "tailrace/mpi/serve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "tailrace/core/check.hpp"
#include "tailrace/mpi/mailbox.hpp"
#include "tailrace/mpi/pause.hpp"

namespace tailrace::mpi {
namespace {

using Clock = Pause::Clock;

/// What the host sends to a rank, from whichever thread, until the serving thread takes it.
class RankSession final : public cluster::Session {
 public:
  void send(cluster::Outgoing message) override {
    const std::lock_guard lock(lock_);
    if (!finished_) queue_.push_back(std::move(message));
  }
  void finish() override {
    const std::lock_guard lock(lock_);
    finished_ = true;
  }
  void resume() override { resumed_ = true; }

  /// Moves what is queued to where it is sent from; whether there was any.
  bool empty_into(Outbox& outbox, std::size_t chunk) {
    const std::lock_guard lock(lock_);
    const bool any = !queue_.empty();
    for (cluster::Outgoing& message : queue_) outbox.push(Kind::frame, std::move(message), chunk);
    queue_.clear();
    return any;
  }
  [[nodiscard]] bool finished() {
    const std::lock_guard lock(lock_);
    return finished_;
  }
  /// Whether resume() was called since the last time.
  [[nodiscard]] bool resumed() { return resumed_.exchange(false); }

 private:
  std::mutex lock_;
  std::deque<cluster::Outgoing> queue_;
  bool finished_ = false;
  std::atomic<bool> resumed_ = false;
};

/// Another rank, as rank 0 sees it.
struct Peer {
  Peer(World& world, int rank) : outbox(world, rank), inbox(world, rank) {}

  Outbox outbox;
  Inbox inbox;
  std::uint64_t number = 0;              ///< of the session, as the rank counts
  std::shared_ptr<RankSession> session;  ///< none: what arrives is dropped
  cluster::Host::SessionId id = 0;
  bool held = false;                              ///< the message that arrived must wait
  std::optional<Clock::time_point> hang_up = {};  ///< the session is over: by then at the latest
};

class Serving {
 public:
  Serving(World& world, cluster::Host& host, const ServeOptions& options)
      : world_(world), host_(host), options_(options) {
    for (int rank = 1; rank < world.size(); ++rank) peers_.emplace_back(world, rank);
  }

  [[nodiscard]] Status run();
  [[nodiscard]] bool under_way() const;

 private:
  [[nodiscard]] Peer& peer(int rank) { return peers_[static_cast<std::size_t>(rank) - 1]; }
  [[nodiscard]] int rank_of(const Peer& peer) const;

  [[nodiscard]] Result<bool> go_on();
  [[nodiscard]] Result<bool> go_on_with(Peer& peer);
  [[nodiscard]] Result<bool> take_arrivals();
  [[nodiscard]] Result<bool> begin_with(Peer& peer, const World::Envelope& envelope);

  void handle(Peer& peer);
  void open(Peer& peer, std::uint64_t number);
  static void turn_away(Peer& peer);
  void give_to_host(Peer& peer);
  [[nodiscard]] bool end_if_due(Peer& peer);
  void forget(Peer& peer, const std::string& why);

  [[nodiscard]] bool all_ended() const;
  void tick_or_wait(bool moved);

  World& world_;
  cluster::Host& host_;
  ServeOptions options_;
  std::deque<Peer> peers_;  ///< of ranks 1, 2, ...
  bool received_ = false;   ///< the host was given something since its last tick
  Clock::time_point due_{};
  Pause pause_;
};

Status Serving::run() {
  std::optional<Clock::time_point> last;
  while (true) {
    Result<bool> moved = go_on();
    if (!moved) return fail(std::move(moved.error()));
    if (host_.over()) {
      if (!last) last = Clock::now() + options_.farewell;
      if (all_ended() || Clock::now() >= *last) return {};
    }
    tick_or_wait(*moved);
  }
}

void Serving::tick_or_wait(bool moved) {
  const bool over = host_.over();
  if (!over && (received_ || Clock::now() >= due_)) {
    received_ = false;
    due_ = host_.tick();
  }
  if (moved) {
    pause_.reset();
    return;
  }
  if (over) {
    pause_.wait(Clock::time_point::max(), under_way());
    return;
  }
  const Clock::time_point until = std::min(due_, pause_.next(under_way()));
  if (until <= Clock::now()) return;
  host_.wait(until);
  received_ = Clock::now() < until;  // it woke up early: there is something to do
}

Result<bool> Serving::go_on() {
  bool any = false;
  for (Peer& each : peers_) {
    Result<bool> moved = go_on_with(each);
    if (!moved) return moved;
    any |= *moved;
  }
  Result<bool> arrived = take_arrivals();
  if (!arrived) return arrived;
  return any || *arrived;
}

Result<bool> Serving::go_on_with(Peer& peer) {
  bool any = false;
  if (peer.session != nullptr) any = peer.session->empty_into(peer.outbox, options_.chunk);
  if (!peer.outbox.empty()) {
    Result<bool> sent = peer.outbox.go_on();
    if (!sent) return sent;
    any |= *sent;
  }
  if (peer.held) {
    if (peer.session == nullptr || peer.session->resumed()) {
      peer.held = false;
      handle(peer);
      any = true;
    }
  } else if (!peer.inbox.idle()) {
    Result<bool> came = peer.inbox.go_on();
    if (!came) return came;
    any |= *came;
    if (peer.inbox.complete()) handle(peer);
  }
  return end_if_due(peer) || any;
}

Result<bool> Serving::take_arrivals() {
  const auto first = world_.probe(World::any_rank);
  if (!first) return fail(first.error());
  if (!*first) return false;
  if (peer((*first)->source).inbox.idle()) return begin_with(peer((*first)->source), **first);
  // The rank that MPI names first must wait; others may have something behind it.
  bool any = false;
  for (Peer& each : peers_) {
    if (!each.inbox.idle()) continue;
    const auto next = world_.probe(rank_of(each));
    if (!next) return fail(next.error());
    if (!*next) continue;
    if (Result<bool> begun = begin_with(each, **next); !begun) return begun;
    any = true;
  }
  return any;
}

Result<bool> Serving::begin_with(Peer& peer, const World::Envelope& envelope) {
  if (Status begun = peer.inbox.begin(envelope); !begun) return fail(std::move(begun.error()));
  Result<bool> came = peer.inbox.go_on();
  if (!came) return came;
  if (peer.inbox.complete()) handle(peer);
  return true;
}

int Serving::rank_of(const Peer& peer) const {
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    if (&peers_[i] == &peer) return static_cast<int>(i) + 1;
  }
  fail_check("a peer of ours", __FILE__, __LINE__);
}

void Serving::handle(Peer& peer) {
  switch (peer.inbox.kind()) {
    case Kind::open:
      open(peer, decode_number(peer.inbox.message()));
      break;
    case Kind::close:
      if (decode_number(peer.inbox.message()) == peer.number) forget(peer, "the rank left");
      break;
    case Kind::frame:
      if (peer.session != nullptr && !peer.hang_up) give_to_host(peer);
      break;
    case Kind::head:
    case Kind::body:
    case Kind::opened:
      break;  // the first two never come out of an Inbox, and the last from no worker
  }
  if (!peer.held) peer.inbox.release();
}

void Serving::open(Peer& peer, std::uint64_t number) {
  forget(peer, "the rank has opened another session");
  peer.number = number;
  if (host_.over()) {
    turn_away(peer);
    return;
  }
  const int rank = rank_of(peer);
  peer.session = std::make_shared<RankSession>();
  peer.outbox.push(Kind::opened, {.frame = encode_number(number)}, 1);
  peer.id =
      host_.open(peer.session, {.name = fmt::format("rank-{}", rank),
                                .address = fmt::format("rank {}", rank),
                                .workers = workers_of(rank, world_.size(), options_.workers)});
  received_ = true;
}

/// A rank that comes when the run is over hears so.
void Serving::turn_away(Peer& peer) {
  peer.outbox.push(Kind::opened, {.frame = encode_number(peer.number)}, 1);
  peer.outbox.push(Kind::frame,
                   {.frame = cluster::encode(cluster::Farewell{.reason = cluster::Parting::finished,
                                                               .text = "the run is over"})},
                   1);
  peer.outbox.push(Kind::close, {}, 1);
}

void Serving::give_to_host(Peer& peer) {
  received_ = true;
  switch (host_.receive(peer.id, peer.inbox.message())) {
    case cluster::Receive::more:
      return;
    case cluster::Receive::wait:
      peer.held = true;
      return;
    case cluster::Receive::closed:
      peer.session->finish();
      return;
  }
}

/// A session that is over ends when all was sent, or its time is up; whether it did now.
bool Serving::end_if_due(Peer& peer) {
  if (peer.session == nullptr || !peer.session->finished()) return false;
  if (!peer.hang_up) {
    peer.hang_up = Clock::now() + options_.farewell;
    peer.session->empty_into(peer.outbox, options_.chunk);
    return true;
  }
  if (!peer.outbox.empty() && Clock::now() < *peer.hang_up) return false;
  forget(peer, "the session is over");
  peer.outbox.push(Kind::close, {}, 1);
  return true;
}

void Serving::forget(Peer& peer, const std::string& why) {
  if (peer.session == nullptr) return;
  peer.session = nullptr;
  peer.hang_up = std::nullopt;
  peer.outbox.drop();
  host_.closed(peer.id, why);
}

bool Serving::under_way() const {
  return std::any_of(peers_.begin(), peers_.end(), [](const Peer& peer) {
    return !peer.outbox.empty() || (!peer.inbox.idle() && !peer.held);
  });
}

bool Serving::all_ended() const {
  return std::all_of(peers_.begin(), peers_.end(), [](const Peer& peer) {
    return peer.session == nullptr && peer.outbox.empty();
  });
}

}  // namespace

std::vector<WorkerId> workers_of(int rank, int ranks, std::size_t workers) {
  TAILRACE_CHECK(rank > 0 && rank < ranks);
  const auto computing = static_cast<std::size_t>(ranks) - 1;
  std::vector<WorkerId> own;
  for (auto i = static_cast<std::size_t>(rank) - 1; i < workers; i += computing) {
    own.push_back(static_cast<WorkerId>(i));
  }
  return own;
}

Status serve(World& world, cluster::Host& host, const ServeOptions& options) {
  if (options.workers + 1 < static_cast<std::size_t>(world.size())) {
    return fail(
        {.code = "mpi/idle-ranks",
         .what = fmt::format("{} ranks are too many for {} workers and the one that serves",
                             world.size(), options.workers),
         .fix = fmt::format("start it with `mpirun -n {} ...` or fewer", options.workers + 1)});
  }
  auto serving = std::make_shared<Serving>(world, host, options);
  Status served = serving->run();
  // A rank that sleeps may still take what was being sent to it.
  if (serving->under_way()) world.keep(std::move(serving));
  return served;
}

}  // namespace tailrace::mpi
