#include "tailrace/cluster/local.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <utility>

namespace tailrace::cluster {
namespace {

using Clock = std::chrono::steady_clock;

Error disconnected() {
  return {.code = "cluster/disconnected",
          .what = "the session has ended",
          .where = {},
          .fix = "connect again"};
}

std::vector<std::byte> chunk_message(std::span<const std::byte> bytes, std::size_t offset) {
  std::vector<std::byte> message(chunk_header_bytes + bytes.size());
  encode_chunk_header(offset, std::span(message).first<chunk_header_bytes>());
  std::memcpy(message.data() + chunk_header_bytes, bytes.data(), bytes.size());
  return message;
}

/// Both ends meet here; the host's end is told nothing while this is locked by a reader.
class LocalSession final : public Session {
 public:
  void send(Outgoing message) override {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    messages_.push_back(std::move(message.frame));
    const std::span<const std::byte> body = message.body.bytes;
    for (std::size_t at = 0; at < body.size(); at += chunk_bytes) {
      const std::size_t size = std::min(chunk_bytes, body.size() - at);
      messages_.push_back(chunk_message(body.subspan(at, size), at));
    }
    wake_.notify_all();
  }
  void finish() override {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    wake_.notify_all();
  }
  void resume() override {
    const std::lock_guard lock(mutex_);
    ++resumed_;
    wake_.notify_all();
  }

  Result<std::optional<Link::Message>> take(Clock::time_point until) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, until, [this] { return !messages_.empty() || finished_; });
    if (messages_.empty() && finished_) return fail(disconnected());
    if (messages_.empty()) return std::nullopt;
    Link::Message message = std::move(messages_.front());
    messages_.pop_front();
    return message;
  }
  [[nodiscard]] std::uint64_t resumed() {
    const std::lock_guard lock(mutex_);
    return resumed_;
  }
  /// False if the session has ended instead.
  bool wait_for_resume(std::uint64_t seen) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return resumed_ != seen || finished_; });
    return !finished_;
  }

 private:
  static constexpr std::size_t chunk_bytes = 1 << 18;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::vector<std::byte>> messages_;  ///< to the worker
  std::uint64_t resumed_ = 0;
  bool finished_ = false;
};

class LocalLink final : public Link {
 public:
  LocalLink(Host& host, Identity identity) : host_(host) {
    id_ = host.open(session_, std::move(identity));
  }
  ~LocalLink() override { close(); }

  Status send(Outgoing message, std::size_t chunk) override {
    const std::lock_guard lock(sending_);
    if (!give(message.frame)) return fail(disconnected());
    const std::span<const std::byte> body = message.body.bytes;
    for (std::size_t at = 0; at < body.size(); at += chunk) {
      const std::size_t size = std::min(chunk, body.size() - at);
      if (!give(chunk_message(body.subspan(at, size), at))) return fail(disconnected());
    }
    return {};
  }
  Result<std::optional<Message>> receive(Deadline until) override { return session_->take(until); }
  void close() override {
    session_->finish();
    const std::lock_guard lock(sending_);
    if (!std::exchange(closed_, true)) host_.closed(id_, "closed");
  }

 private:
  bool give(std::span<const std::byte> message) {
    while (!closed_) {
      const std::uint64_t seen = session_->resumed();
      const Receive then = host_.receive(id_, message);
      if (then == Receive::more) return true;
      if (then == Receive::closed) return false;
      if (!session_->wait_for_resume(seen)) return false;
    }
    return false;
  }

  Host& host_;
  std::shared_ptr<LocalSession> session_ = std::make_shared<LocalSession>();
  Host::SessionId id_ = 0;
  std::mutex sending_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Link> open_local(Host& host, Identity identity) {
  return std::make_unique<LocalLink>(host, std::move(identity));
}

Ticker::Ticker(Host& host)
    : thread_([&host] {
        while (!host.over()) host.wait(host.tick());
      }) {}

void Ticker::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace tailrace::cluster
