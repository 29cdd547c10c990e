#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "tailrace/cluster/frame.hpp"
#include "tailrace/cluster/host.hpp"
#include "tailrace/core/check.hpp"

namespace tailrace::mpi::testing {

/// What an EchoHost does beside sending back what it gets.
struct EchoOptions {
  std::uint32_t leaves = 0;  ///< the run is over when so many sessions have sent Leave
  bool hesitant = false;     ///< takes every third message only when it is given again
};

/// A host that knows no method: it sends every frame back, an update as the model of a job with the
/// same ticket, and ends a session that sent Failed.
class EchoHost final : public cluster::Host {
 public:
  using Clock = std::chrono::steady_clock;

  explicit EchoHost(const EchoOptions& options) : options_(options) {}

  SessionId open(std::shared_ptr<cluster::Session> session, cluster::Identity identity) override {
    note(fmt::format("opened {} with {} workers", identity.name, identity.workers.size()));
    sessions_[++opened_] = {.session = std::move(session)};
    return opened_;
  }

  cluster::Receive receive(SessionId id, std::span<const std::byte> message) override {
    Guest& guest = sessions_.at(id);
    if (options_.hesitant && ++guest.asked % 3 == 0) {
      waiting_.push_back(guest.session);
      return cluster::Receive::wait;
    }
    const Result<cluster::Frame> frame = cluster::decode(message);
    TAILRACE_CHECK(frame.has_value());
    if (const auto* offer = std::get_if<cluster::UpdateOffer>(&*frame)) {
      guest.ticket = offer->ticket;
      guest.body = std::make_shared<std::vector<std::byte>>(offer->bytes);
      return cluster::Receive::more;
    }
    if (const auto* chunk = std::get_if<cluster::Chunk>(&*frame)) {
      take(guest, *chunk);
      return cluster::Receive::more;
    }
    guest.session->send({.frame = {message.begin(), message.end()}});
    if (std::holds_alternative<cluster::Leave>(*frame)) ++left_;
    if (!std::holds_alternative<cluster::Failed>(*frame)) return cluster::Receive::more;
    guest.session->finish();
    return cluster::Receive::closed;
  }

  void closed(SessionId id, const std::string& why) override {
    note(fmt::format("closed: {}", why));
    sessions_.erase(id);
  }

  Clock::time_point tick() override {
    for (const auto& session : waiting_) session->resume();
    waiting_.clear();
    if (!over() && left_ >= options_.leaves) {
      over_ = true;
      for (auto& [id, guest] : sessions_) guest.session->finish();
    }
    return Clock::now() + std::chrono::milliseconds(waiting_.empty() ? 20 : 1);
  }
  void wait(Clock::time_point until) override { std::this_thread::sleep_until(until); }
  bool over() const override { return over_; }

  Result<engine::RunResult> result() override { return fail(Error{.code = "mpi/echo"}); }
  void revoke(const std::vector<std::string>&) override {}
  cluster::Standings standings() const override { return {}; }

 private:
  struct Guest {
    std::shared_ptr<cluster::Session> session;
    cluster::Ticket ticket = 0;
    std::shared_ptr<std::vector<std::byte>> body = nullptr;
    std::size_t next = 0;
    std::uint64_t asked = 0;
  };

  static void note(const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  }

  static void take(Guest& guest, const cluster::Chunk& chunk) {
    TAILRACE_CHECK(guest.body != nullptr && chunk.offset == guest.next);
    TAILRACE_CHECK(chunk.bytes.size() <= guest.body->size() - guest.next);
    std::copy(chunk.bytes.begin(), chunk.bytes.end(),
              guest.body->begin() + static_cast<std::ptrdiff_t>(guest.next));
    guest.next += chunk.bytes.size();
    if (guest.next < guest.body->size()) return;
    guest.next = 0;
    const std::span<const std::byte> bytes = *guest.body;
    guest.session->send({.frame = cluster::encode(cluster::JobOffer{
                             .ticket = guest.ticket, .model = 1, .bytes = bytes.size()}),
                         .body = {.bytes = bytes, .owner = std::move(guest.body)}});
  }

  EchoOptions options_;
  SessionId opened_ = 0;
  std::uint32_t left_ = 0;
  bool over_ = false;
  std::map<SessionId, Guest> sessions_;
  std::vector<std::shared_ptr<cluster::Session>> waiting_;
};

}  // namespace tailrace::mpi::testing
