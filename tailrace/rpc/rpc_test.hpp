#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tailrace/cluster/host.hpp"
#include "tailrace/rpc/connect.hpp"
#include "tailrace/rpc/serve.hpp"

/// A host whose every answer a test decides. For tests only.
namespace tailrace::rpc::testing {

using Bytes = std::vector<std::byte>;
using std::chrono::milliseconds;

/// How long a test waits for what must come. Never for what must not.
inline constexpr std::chrono::seconds for_ever{60};

[[nodiscard]] inline cluster::Link::Deadline soon() {
  return std::chrono::steady_clock::now() + for_ever;
}

class FakeHost : public cluster::Host {
 public:
  struct Peer {
    std::shared_ptr<cluster::Session> session;
    cluster::Identity identity;
    std::size_t messages = 0;
    Bytes body;  ///< of the chunks so far
    bool closed = false;
    int closed_times = 0;
    std::string why;
  };
  /// What to do about a message; under the host's lock, as the real one does.
  using Answer = std::function<cluster::Receive(Peer&, const cluster::Frame&)>;

  explicit FakeHost(Answer answer = {}) : answer_(std::move(answer)) {}

  SessionId open(std::shared_ptr<cluster::Session> session, cluster::Identity identity) override {
    const std::lock_guard lock(mutex_);
    Peer& peer = peers_[++last_];
    peer.session = std::move(session);
    peer.identity = std::move(identity);
    changed_.notify_all();
    return last_;
  }
  cluster::Receive receive(SessionId id, std::span<const std::byte> message) override {
    const std::lock_guard lock(mutex_);
    Peer& peer = peers_.at(id);
    EXPECT_EQ(peer.closed_times, 0);
    const auto frame = cluster::decode(message);
    if (!frame) return cluster::Receive::closed;
    const cluster::Receive next = answer_ ? answer_(peer, *frame) : cluster::Receive::more;
    if (next != cluster::Receive::wait) ++peer.messages;
    changed_.notify_all();
    return next;
  }
  void closed(SessionId id, const std::string& why) override {
    const std::lock_guard lock(mutex_);
    Peer& peer = peers_.at(id);
    ++peer.closed_times;
    peer.why = why;
    changed_.notify_all();
  }

  /// Waits until it holds of the peers, and says whether it does.
  bool wait_until(const std::function<bool(std::map<SessionId, Peer>&)>& holds) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, for_ever, [&] { return holds(peers_); });
  }
  /// Under the lock.
  void with(const std::function<void(std::map<SessionId, Peer>&)>& act) {
    const std::lock_guard lock(mutex_);
    act(peers_);
  }

  std::chrono::steady_clock::time_point tick() override { return {}; }
  void wait(std::chrono::steady_clock::time_point /*until*/) override {}
  [[nodiscard]] bool over() const override { return false; }
  Result<engine::RunResult> result() override {
    return fail(Error{.code = "test/none", .what = "no run"});
  }
  void revoke(const std::vector<std::string>& /*serials*/) override {}
  [[nodiscard]] cluster::Standings standings() const override { return {}; }

 private:
  Answer answer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  SessionId last_ = 0;
  std::map<SessionId, Peer> peers_;
};

[[nodiscard]] inline ServeOptions plain_server() {
  return {.address = "127.0.0.1:0", .plaintext = true};
}

[[nodiscard]] inline std::string address_of(const RpcServer& server) {
  return "localhost:" + std::to_string(server.port());
}

[[nodiscard]] inline std::unique_ptr<cluster::Link> plain_link(const RpcServer& server) {
  return open_link("127.0.0.1:" + std::to_string(server.port()), {.plaintext = true}).value();
}

[[nodiscard]] inline cluster::Outgoing message(const cluster::Frame& frame) {
  return {.frame = cluster::encode(frame)};
}

/// Bytes of which no two neighbors within 64 kB are alike in the same way.
[[nodiscard]] inline Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  std::uint32_t state = 1;
  for (std::byte& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::byte>(state >> 24U);
  }
  return bytes;
}

/// A body that refers to these bytes.
[[nodiscard]] inline cluster::Body body_of(const Bytes& bytes) {
  return {.bytes = bytes, .owner = nullptr};
}

/// Collects a chunk; false if it is not the next one.
[[nodiscard]] inline bool collect(Bytes& body, const cluster::Chunk& chunk) {
  if (chunk.offset != body.size()) return false;
  body.insert(body.end(), chunk.bytes.begin(), chunk.bytes.end());
  return true;
}

/// The next frame of a link; its bytes are in `message`.
[[nodiscard]] inline Result<cluster::Frame> next_frame(cluster::Link& link,
                                                       cluster::Link::Message& message) {
  auto received = link.receive(soon());
  if (!received) return fail(std::move(received.error()));
  if (!*received) return fail(Error{.code = "test/time-out", .what = "nothing came"});
  message = std::move(**received);
  return cluster::decode(message);
}

/// The code of the error with which a link ends, whatever comes before.
[[nodiscard]] inline Error end_of(cluster::Link& link) {
  for (;;) {
    const auto received = link.receive(soon());
    if (!received) return received.error().front();
    if (!*received) return {.code = "test/time-out", .what = "nothing came"};
  }
}

}  // namespace tailrace::rpc::testing
