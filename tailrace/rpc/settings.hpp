#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>

#include "tailrace/cluster/frame.hpp"

/// How gRPC is set up at both ends.
namespace tailrace::rpc {

inline constexpr const char* session_method = "/tailrace.Cluster/Session";

/// Larger chunks are refused at either end. [bytes]
inline constexpr std::size_t chunk_bytes_limit = 4 << 20;
inline constexpr std::size_t message_bytes_max =
    cluster::frame_bytes_max + chunk_bytes_limit + cluster::chunk_header_bytes;

/// A channel of its own connection, which finds out within 40 s that the other end is gone.
[[nodiscard]] grpc::ChannelArguments channel_settings();

/// The same of a server.
///
///   window  bytes that a session may send ahead of what the host takes
void set_up(grpc::ServerBuilder& builder, std::size_t window);

/// gRPC writes to the standard error stream whatever strangers do to a port; unless GRPC_VERBOSITY
/// is set, it is quiet.
void quiet();

}  // namespace tailrace::rpc
