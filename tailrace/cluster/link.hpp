#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tailrace/cluster/frame.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::cluster {

/// Memory that a message is sent from without being copied, and what keeps it there until it has
/// been sent.
struct Body {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;  ///< let go when the last byte has left
};

/// A frame and, behind JobOffer and UpdateOffer, what follows in chunks.
struct Outgoing {
  std::vector<std::byte> frame;  ///< encoded
  Body body = {};                ///< the transport cuts it into chunks
};

/// The server's end of a session, as a transport implements it. Its functions are called under the
/// host's lock: they return at once and call nothing of the host.
class Session {
 public:
  virtual ~Session() = default;
  /// Queues a message behind those before it. After the session broke it is dropped.
  virtual void send(Outgoing message) = 0;
  /// No more is queued: ends the session when what is queued has been sent, or after a moment.
  virtual void finish() = 0;
  /// Host::receive() may be called again with the message that it could not take.
  virtual void resume() = 0;
};

/// The worker's end of a session, as a transport implements it.
class Link {
 public:
  virtual ~Link() = default;
  /// Sends a message, its body in chunks of at most `chunk` bytes; returns when nothing of it is
  /// needed any more. Two threads may call it at the same time.
  ///
  /// Errors  cluster/disconnected: the session broke, with what is known of why.
  [[nodiscard]] virtual Status send(Outgoing message, std::size_t chunk) = 0;
  /// Waits for a message, until `until` at most; nothing if none came. One thread calls it.
  ///
  /// Errors  cluster/disconnected.
  using Message = std::vector<std::byte>;
  using Deadline = std::chrono::steady_clock::time_point;
  [[nodiscard]] virtual Result<std::optional<Message>> receive(Deadline until) = 0;
  /// Takes back the memory of a message that was received, for a later one; from the thread that
  /// receives.
  virtual void reuse(Message&& /*message*/) {}
  /// Ends what other threads wait for here. Any thread may call it.
  virtual void close() = 0;
};

}  // namespace tailrace::cluster
