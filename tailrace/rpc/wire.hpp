#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "tailrace/cluster/link.hpp"

/// Between frames and gRPC's messages.
namespace tailrace::rpc {

/// Cuts what is to be sent into messages, one when it is asked for: the frame, then its body in
/// chunks. Chunks refer to the body's memory and keep its owner until gRPC has let go of them.
class Cutter {
 public:
  Cutter(cluster::Outgoing message, std::size_t chunk)
      : message_(std::move(message)), chunk_(chunk) {}

  [[nodiscard]] bool done() const { return framed_ && offset_ == message_.body.bytes.size(); }
  [[nodiscard]] grpc::ByteBuffer next();

 private:
  cluster::Outgoing message_;
  std::size_t chunk_;
  bool framed_ = false;
  std::size_t offset_ = 0;
};

/// A message in one piece: where it lies if it came so, or else copied into `scratch`.
class Flat {
 public:
  Flat(const grpc::ByteBuffer& message, std::vector<std::byte>& scratch);
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  grpc::Slice slice_;
  std::span<const std::byte> bytes_;
};

/// A copy that one may keep.
[[nodiscard]] std::vector<std::byte> copy_of(const grpc::ByteBuffer& message);

}  // namespace tailrace::rpc
