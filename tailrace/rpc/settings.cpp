#include "tailrace/rpc/settings.hpp"

#include <grpc/support/log.h>
#include <grpcpp/resource_quota.h>

#include <cstdlib>
#include <mutex>

namespace tailrace::rpc {
namespace {

constexpr int second = 1000;

/// What both ends have in common, into anything that takes a name and a number.
void common(auto&& set) {
  set(GRPC_ARG_KEEPALIVE_TIME_MS, 30 * second);
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10 * second);
  set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // A worker computes for minutes without a word: pings may go on all the same.
  set(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  set(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, static_cast<int>(message_bytes_max));
  set(GRPC_ARG_MAX_SEND_MESSAGE_LENGTH, -1);
  // The default of 16 kB costs a header and a turn of the state machine for each.
  set(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, 1 << 20);
  set(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
  set(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
}

/// A worker has one session, and may well hold what is on its way.
constexpr int worker_window = 4 << 20;
/// All that gRPC's own buffers may take. [bytes]
constexpr std::size_t buffers_max = std::size_t{1} << 30;

}  // namespace

grpc::ChannelArguments channel_settings() {
  quiet();
  grpc::ChannelArguments arguments;
  common([&](const char* name, int value) { arguments.SetInt(name, value); });
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, worker_window);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  return arguments;
}

void set_up(grpc::ServerBuilder& builder, std::size_t window) {
  quiet();
  common([&](const char* name, int value) { builder.AddChannelArgument(name, value); });
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, static_cast<int>(window));
  // A window that grows with the line's speed would be memory that the sender decides about.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10 * second);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 2);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10 * second);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 30 * second);
  // Two servers on one port would share the workers.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetResourceQuota(grpc::ResourceQuota("tailrace").Resize(buffers_max));
}

void quiet() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (std::getenv("GRPC_VERBOSITY") == nullptr) {
      gpr_set_log_function([](gpr_log_func_args*) {});
    }
  });
}

}  // namespace tailrace::rpc
