#include "tailrace/rpc/wire.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>

namespace tailrace::rpc {
namespace {

std::span<const std::byte> bytes_of(const grpc::Slice& slice) {
  return std::as_bytes(std::span(slice.begin(), slice.size()));
}

/// Keeps the owner until gRPC has let go of the slice.
grpc::Slice slice_of(std::span<const std::byte> bytes, const std::shared_ptr<const void>& owner) {
  using Owner = std::shared_ptr<const void>;
  // gRPC only reads what it sends.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  return {const_cast<std::byte*>(bytes.data()), bytes.size(),
          [](void* kept) { std::unique_ptr<Owner>(static_cast<Owner*>(kept)).reset(); },
          std::make_unique<Owner>(owner).release()};
}

}  // namespace

grpc::ByteBuffer Cutter::next() {
  if (!framed_) {
    framed_ = true;
    const grpc::Slice frame(message_.frame.data(), message_.frame.size());
    return {&frame, 1};
  }
  std::array<std::byte, cluster::chunk_header_bytes> header{};
  cluster::encode_chunk_header(offset_, header);
  const auto rest = message_.body.bytes.subspan(offset_);
  const auto bytes = rest.first(std::min(chunk_, rest.size()));
  offset_ += bytes.size();
  const std::array slices = {grpc::Slice(header.data(), header.size()),
                             slice_of(bytes, message_.body.owner)};
  return {slices.data(), slices.size()};
}

Flat::Flat(const grpc::ByteBuffer& message, std::vector<std::byte>& scratch) {
  if (!message.Valid()) return;
  if (message.TrySingleSlice(&slice_).ok()) {
    bytes_ = bytes_of(slice_);
    return;
  }
  // A vector that only grows is cleared once, not for every message.
  if (scratch.size() < message.Length()) scratch.resize(message.Length());
  std::vector<grpc::Slice> slices;
  static_cast<void>(message.Dump(&slices));
  std::size_t at = 0;
  for (const grpc::Slice& slice : slices) {
    std::memcpy(scratch.data() + at, slice.begin(), slice.size());
    at += slice.size();
  }
  bytes_ = std::span(scratch).first(at);
}

std::vector<std::byte> copy_of(const grpc::ByteBuffer& message) {
  std::vector<std::byte> copy;
  if (!message.Valid()) return copy;
  copy.reserve(message.Length());
  std::vector<grpc::Slice> slices;
  static_cast<void>(message.Dump(&slices));
  for (const grpc::Slice& slice : slices) {
    const auto bytes = bytes_of(slice);
    copy.insert(copy.end(), bytes.begin(), bytes.end());
  }
  return copy;
}

}  // namespace tailrace::rpc
