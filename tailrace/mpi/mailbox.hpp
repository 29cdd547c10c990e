#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "tailrace/cluster/link.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/mpi/world.hpp"

/// The two ends of a stream of messages to or from one rank.
namespace tailrace::mpi {

/// The header of a chunk as it goes before the chunk's bytes: these are sent from where they lie
/// and received behind the header, so that neither end copies them.
struct ChunkHead {
  static constexpr std::size_t bytes = cluster::chunk_header_bytes + sizeof(std::uint64_t);
  /// A longer one is a mistake: the server says how long chunks may be, and MPI counts in `int`.
  static constexpr std::uint64_t body_max = std::uint64_t{1} << 30;
};

/// Sends messages in order, a bounded number of them under way.
class Outbox {
 public:
  /// Sends under way at the same time: enough to keep the other end busy, few enough that what is
  /// dropped is not already half sent.
  static constexpr std::size_t in_flight_max = 4;

  Outbox(World& world, int to) : world_(world), to_(to) {}

  /// Puts a message behind those before it, its body to be sent in chunks. Returns its number.
  std::uint64_t push(Kind kind, cluster::Outgoing message, std::size_t chunk);
  /// Begins what may begin and lets go of what is done; whether there was any.
  [[nodiscard]] Result<bool> go_on();
  /// Forgets what has not begun. What has begun stays until it is done: MPI may still read it.
  void drop() { waiting_.clear(); }

  /// Messages of which nothing is needed any more.
  [[nodiscard]] std::uint64_t done() const;
  [[nodiscard]] bool empty() const { return waiting_.empty() && under_way_.empty(); }

 private:
  struct Waiting {
    std::uint64_t number = 0;
    Kind kind = Kind::frame;
    cluster::Outgoing message;
    std::size_t chunk = 0;
    bool announced = false;  ///< the frame has begun
    std::size_t offset = 0;  ///< of the next chunk
  };
  /// What MPI reads from; its address is fixed.
  struct UnderWay {
    std::uint64_t number = 0;
    std::vector<std::byte> frame;
    std::array<std::byte, ChunkHead::bytes> head{};
    std::shared_ptr<const void> owner;
    World::Transfer first;
    std::optional<World::Transfer> body;
  };

  [[nodiscard]] Status begin_next();
  [[nodiscard]] Status begin_frame(Waiting& next);
  [[nodiscard]] Status begin_chunk(Waiting& next);
  [[nodiscard]] Result<bool> finish_first();

  World& world_;
  int to_;
  std::uint64_t pushed_ = 0;
  std::deque<Waiting> waiting_;
  std::deque<UnderWay> under_way_;
};

/// Receives messages one at a time. A chunk arrives as one message, its header in front.
///
/// Errors  mpi/protocol: a message that no rank of ours sends.
class Inbox {
 public:
  Inbox(World& world, int from) : world_(world), from_(from) {}

  /// Begins with the message that has arrived; idle() only.
  [[nodiscard]] Status begin(const World::Envelope& envelope);
  /// Goes on; whether there was anything to do.
  [[nodiscard]] Result<bool> go_on();

  [[nodiscard]] bool idle() const { return state_ == State::idle; }
  [[nodiscard]] bool complete() const { return state_ == State::complete; }

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] std::span<const std::byte> message() const { return {buffer_.data(), length_}; }
  /// Lets the message go and is idle; its memory is used again.
  void release() { state_ = State::idle; }
  /// The same, and hands the memory over.
  [[nodiscard]] std::vector<std::byte> take();
  /// Takes memory for later messages, so that large ones cost no allocation each.
  void reuse(std::vector<std::byte> memory);

 private:
  enum class State { idle, message, body, complete };

  void reserve(std::size_t bytes);

  World& world_;
  int from_;
  State state_ = State::idle;
  Kind kind_ = Kind::frame;
  std::vector<std::byte> buffer_;
  std::vector<std::byte> spare_;
  std::size_t length_ = 0;
  std::array<std::byte, ChunkHead::bytes> head_{};
  World::Transfer transfer_;
};

/// The number of a session in the messages that open it.
[[nodiscard]] std::vector<std::byte> encode_number(std::uint64_t number);
/// Zero, which is nobody's, of anything else.
[[nodiscard]] std::uint64_t decode_number(std::span<const std::byte> message);

}  // namespace tailrace::mpi
