#include "tailrace/mpi/link.hpp"

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "tailrace/mpi/mailbox.hpp"
#include "tailrace/mpi/pause.hpp"

namespace tailrace::mpi {
namespace {

Errors disconnected(std::string why) {
  return {{.code = "cluster/disconnected", .what = std::move(why), .where = "rank 0"}};
}

/// What a rank hears that comes when rank 0 serves no more.
class Afterword final : public cluster::Link {
 public:
  Status send(cluster::Outgoing /*message*/, std::size_t /*chunk*/) override { return {}; }
  Result<std::optional<Message>> receive(Deadline /*until*/) override {
    return cluster::encode(cluster::Farewell{.reason = cluster::Parting::finished,
                                             .text = "rank 0 serves no more; see what it says"});
  }
  void close() override {}
};

}  // namespace

/// Outlives every session: MPI may still read or write it when one is given up.
struct Port::Mail {
  explicit Mail(World& world) : outbox(world, World::server), inbox(world, World::server) {}

  std::mutex sending;
  Outbox outbox;
  Inbox inbox;  ///< of the one thread that receives
};

class Port::Session final : public cluster::Link {
 public:
  Session(World& world, std::shared_ptr<Mail> mail, std::uint64_t number)
      : world_(world), mail_(std::move(mail)), number_(number) {
    const std::lock_guard lock(mail_->sending);
    mail_->outbox.push(Kind::open, {.frame = encode_number(number)}, 1);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  ~Session() override {
    const std::lock_guard lock(mail_->sending);
    mail_->outbox.drop();
    mail_->outbox.push(Kind::close, {.frame = encode_number(number_)}, 1);
    static_cast<void>(mail_->outbox.go_on());
  }

  Status send(cluster::Outgoing message, std::size_t chunk) override;
  Result<std::optional<Message>> receive(Deadline until) override;
  void reuse(Message&& message) override { mail_->inbox.reuse(std::move(message)); }
  void close() override { closed_ = true; }

 private:
  [[nodiscard]] Status check();
  [[nodiscard]] Result<bool> go_on_receiving();
  [[nodiscard]] bool take_own(Kind kind);
  [[nodiscard]] Result<bool> go_on_sending();
  void give_up(std::uint64_t number, bool borrowed);

  World& world_;
  std::shared_ptr<Mail> mail_;
  std::uint64_t number_;
  bool opened_ = false;  ///< rank 0 has answered; what came before is of earlier sessions
  std::atomic<bool> closed_ = false;  ///< by this end
  std::atomic<bool> ended_ = false;   ///< by the other
};

Port::Port(World& world) : world_(world), mail_(std::make_shared<Mail>(world)) {}

Port::~Port() {
  const bool under_way = !mail_->outbox.go_on() || !mail_->outbox.empty() || !mail_->inbox.idle();
  if (under_way) world_.keep(std::move(mail_));
}

Result<std::unique_ptr<cluster::Link>> Port::connect() {
  if (world_.server_left()) return std::make_unique<Afterword>();
  if (world_.server_silent()) return fail(disconnected("gives no sign of life"));
  return std::make_unique<Session>(world_, mail_, ++sessions_);
}

Status Port::Session::check() {
  if (closed_) return fail(disconnected("the session was closed by this rank"));
  if (ended_) return fail(disconnected("has ended the session"));
  if (world_.server_left()) return fail(disconnected("serves no more"));
  if (world_.server_silent()) return fail(disconnected("gives no sign of life"));
  return {};
}

Result<bool> Port::Session::go_on_sending() {
  const std::lock_guard lock(mail_->sending);
  return mail_->outbox.go_on();
}

Status Port::Session::send(cluster::Outgoing message, std::size_t chunk) {
  const bool borrowed = !message.body.bytes.empty() && message.body.owner == nullptr;
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mail_->sending);
    number = mail_->outbox.push(Kind::frame, std::move(message), chunk);
  }
  Pause pause;
  while (true) {
    bool moved = false;
    {
      const std::lock_guard lock(mail_->sending);
      Result<bool> gone_on = mail_->outbox.go_on();
      if (!gone_on) return fail(std::move(gone_on.error()));
      if (mail_->outbox.done() >= number) return {};
      moved = *gone_on;
    }
    if (Status alive = check(); !alive) {
      give_up(number, borrowed);
      return alive;
    }
    if (moved) {
      pause.reset();
    } else {
      pause.wait(Deadline::max(), true);
    }
  }
}

void Port::Session::give_up(std::uint64_t number, bool borrowed) {
  Pause pause;
  while (true) {
    {
      const std::lock_guard lock(mail_->sending);
      mail_->outbox.drop();
      // MPI may still read what is under way, and the caller lets it go.
      if (!borrowed || mail_->outbox.done() >= number || !mail_->outbox.go_on()) return;
    }
    if (world_.server_silent()) return;
    pause.wait(Deadline::max());
  }
}

Result<bool> Port::Session::go_on_receiving() {
  Inbox& inbox = mail_->inbox;
  if (!inbox.idle()) return inbox.go_on();
  const auto envelope = world_.probe(World::server);
  if (!envelope) return fail(envelope.error());
  if (!*envelope) return false;
  if (Status begun = inbox.begin(**envelope); !begun) return fail(std::move(begun.error()));
  return true;
}

/// Takes note of a message that is not for the caller; whether it was one.
bool Port::Session::take_own(Kind kind) {
  Inbox& inbox = mail_->inbox;
  if (opened_ && kind == Kind::frame) return false;
  if (kind == Kind::opened && decode_number(inbox.message()) == number_) opened_ = true;
  if (opened_ && kind == Kind::close) ended_ = true;
  inbox.release();
  return true;
}

Result<std::optional<cluster::Link::Message>> Port::Session::receive(Deadline until) {
  Pause pause;
  while (true) {
    Result<bool> moved = go_on_receiving();
    if (!moved) return fail(std::move(moved.error()));
    if (mail_->inbox.complete() && !take_own(mail_->inbox.kind())) return mail_->inbox.take();
    if (*moved) {
      pause.reset();
      continue;
    }
    Result<bool> sent = go_on_sending();
    if (!sent) return fail(std::move(sent.error()));
    if (Status alive = check(); !alive) return fail(std::move(alive.error()));
    if (Pause::Clock::now() >= until) return std::nullopt;
    pause.wait(until, !mail_->inbox.idle());
  }
}

}  // namespace tailrace::mpi
