#include "tailrace/mpi/mailbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "tailrace/core/check.hpp"

namespace tailrace::mpi {
namespace {

Errors unexpected(int from, std::string_view what) {
  return {{.code = "mpi/protocol",
           .what = fmt::format("rank {} sent {}", from, what),
           .fix = "all ranks must run the same version of this program"}};
}

}  // namespace

std::uint64_t Outbox::push(Kind kind, cluster::Outgoing message, std::size_t chunk) {
  TAILRACE_CHECK(chunk > 0);
  ++pushed_;
  waiting_.push_back({.number = pushed_,
                      .kind = kind,
                      .message = std::move(message),
                      .chunk = std::min<std::size_t>(chunk, ChunkHead::body_max)});
  return pushed_;
}

std::uint64_t Outbox::done() const {
  if (!under_way_.empty()) return under_way_.front().number - 1;
  if (!waiting_.empty()) return waiting_.front().number - 1;
  return pushed_;
}

Result<bool> Outbox::go_on() {
  bool moved = false;
  while (!under_way_.empty()) {
    const Result<bool> finished = finish_first();
    if (!finished) return fail(finished.error());
    if (!*finished) break;
    moved = true;
  }
  while (!waiting_.empty() && under_way_.size() < in_flight_max) {
    if (Status begun = begin_next(); !begun) return fail(std::move(begun.error()));
    moved = true;
  }
  return moved;
}

Status Outbox::begin_next() {
  Waiting& next = waiting_.front();
  Status begun = next.announced ? begin_chunk(next) : begin_frame(next);
  if (begun && next.offset == next.message.body.bytes.size()) waiting_.pop_front();
  return begun;
}

Status Outbox::begin_frame(Waiting& next) {
  next.announced = true;
  UnderWay& begun = under_way_.emplace_back();
  begun.number = next.number;
  begun.frame = std::move(next.message.frame);
  const auto transfer = world_.start_send(to_, next.kind, begun.frame);
  if (!transfer) return fail(transfer.error());
  begun.first = *transfer;
  return {};
}

Status Outbox::begin_chunk(Waiting& next) {
  const std::span<const std::byte> all = next.message.body.bytes;
  const auto piece = all.subspan(next.offset, std::min(next.chunk, all.size() - next.offset));
  UnderWay& begun = under_way_.emplace_back();
  begun.number = next.number;
  begun.owner = next.message.body.owner;
  cluster::encode_chunk_header(next.offset,
                               std::span(begun.head).first<cluster::chunk_header_bytes>());
  const std::uint64_t length = piece.size();
  std::memcpy(begun.head.data() + cluster::chunk_header_bytes, &length, sizeof length);
  next.offset += piece.size();
  const auto head = world_.start_send(to_, Kind::head, begun.head);
  if (!head) return fail(head.error());
  begun.first = *head;
  const auto body = world_.start_send(to_, Kind::body, piece);
  if (!body) return fail(body.error());
  begun.body = *body;
  return {};
}

Result<bool> Outbox::finish_first() {
  UnderWay& first = under_way_.front();
  if (Result<bool> done = world_.done(first.first); !done || !*done) return done;
  if (first.body) {
    if (Result<bool> done = world_.done(*first.body); !done || !*done) return done;
  }
  under_way_.pop_front();
  return true;
}

void Inbox::reserve(std::size_t bytes) {
  if (buffer_.size() >= bytes) return;
  if (spare_.size() >= bytes) {
    std::swap(buffer_, spare_);
  } else {
    buffer_.resize(bytes);
  }
}

Status Inbox::begin(const World::Envelope& envelope) {
  TAILRACE_CHECK(idle());
  kind_ = envelope.kind;
  std::span<std::byte> into;
  if (kind_ == Kind::head) {
    if (envelope.bytes != head_.size()) return fail(unexpected(from_, "half a chunk's header"));
    into = head_;
  } else {
    if (kind_ == Kind::body || envelope.bytes > cluster::frame_bytes_max) {
      return fail(
          unexpected(from_, fmt::format("{} bytes that nothing announced", envelope.bytes)));
    }
    length_ = envelope.bytes;
    reserve(length_);
    into = std::span(buffer_).first(length_);
  }
  const auto transfer = world_.start_receive(from_, kind_, into);
  if (!transfer) return fail(transfer.error());
  transfer_ = *transfer;
  state_ = State::message;
  return {};
}

Result<bool> Inbox::go_on() {
  if (state_ != State::message && state_ != State::body) return false;
  Result<bool> done = world_.done(transfer_);
  if (!done || !*done) return done;
  if (state_ == State::body || kind_ != Kind::head) {
    state_ = State::complete;
    return true;
  }
  std::uint64_t body = 0;
  std::memcpy(&body, head_.data() + cluster::chunk_header_bytes, sizeof body);
  if (body > ChunkHead::body_max) return fail(unexpected(from_, "a chunk longer than any"));
  length_ = cluster::chunk_header_bytes + body;
  reserve(length_);
  std::copy_n(head_.begin(), cluster::chunk_header_bytes, buffer_.begin());
  const auto transfer = world_.start_receive(
      from_, Kind::body, std::span(buffer_).subspan(cluster::chunk_header_bytes, body));
  if (!transfer) return fail(transfer.error());
  transfer_ = *transfer;
  kind_ = Kind::frame;
  state_ = State::body;
  return true;
}

std::vector<std::byte> Inbox::take() {
  TAILRACE_CHECK(complete());
  state_ = State::idle;
  // A short message does not take the memory of a long one with it.
  if (4 * length_ < buffer_.size()) return {message().begin(), message().end()};
  buffer_.resize(length_);
  return std::exchange(buffer_, {});
}

void Inbox::reuse(std::vector<std::byte> memory) {
  if (memory.size() > spare_.size()) spare_ = std::move(memory);
}

std::vector<std::byte> encode_number(std::uint64_t number) {
  std::vector<std::byte> message(sizeof number);
  std::memcpy(message.data(), &number, sizeof number);
  return message;
}

std::uint64_t decode_number(std::span<const std::byte> message) {
  std::uint64_t number = 0;
  if (message.size() == sizeof number) std::memcpy(&number, message.data(), sizeof number);
  return number;
}

}  // namespace tailrace::mpi
