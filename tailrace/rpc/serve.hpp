#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "tailrace/cluster/host.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/security/credentials.hpp"

namespace tailrace::rpc {

/// | name        | unit  | effect |
/// |-------------|-------|--------|
/// | address     |       | "host:port"; port 0: any that is free |
/// | credentials |       | the server's own, and the authority of its workers |
/// | plaintext   |       | no encryption and no identities; on loopback only |
/// | chunk       | bytes | models are sent in pieces of this size |
/// | window      | bytes | a session sends so many ahead of what the host takes; times the number
/// of sessions, this is the memory that senders can make the server spend | | patience    |       |
/// with a worker that does not read its last frames |
struct ServeOptions {
  std::string address = "127.0.0.1:7000";
  security::CredentialFiles credentials = {};
  bool plaintext = false;
  std::size_t chunk = 1 << 20;
  std::size_t window = 1 << 20;
  std::chrono::seconds look_again{10};
  std::chrono::milliseconds patience{5'000};
};

/// Finds what keeps a server from being started, but for a port that is taken.
///
/// Errors  rpc/bad-address, rpc/plaintext; those of security::load_credentials.
[[nodiscard]] Status check_serving(const ServeOptions& options);

/// Brings sessions to a host over gRPC: one bidirectional stream is one session, one message is one
/// frame.
///
/// Both ends prove who they are (mutual TLS): a worker's identity is the name in its certificate,
/// and one that speaks for no worker is sent away. The server's certificate, key and authority are
/// read again when their files change, for the connections that come then.
///
/// A worker that says nothing is the host's business; a connection without a session ends after 30
/// s, one that is cut off is noticed within 40 s.
class RpcServer {
 public:
  /// Listens and takes sessions. The host must outlive the server.
  ///
  /// Errors  rpc/cannot-listen; those of check_serving().
  [[nodiscard]] static Result<std::unique_ptr<RpcServer>> start(cluster::Host& host,
                                                                const ServeOptions& options);
  virtual ~RpcServer() = default;

  [[nodiscard]] virtual std::uint16_t port() const = 0;

  /// Takes no new sessions, waits until the host has ended those that are here, and at the deadline
  /// ends them itself. The host has heard closed() of every session when this returns.
  virtual void shutdown(std::chrono::steady_clock::time_point deadline) = 0;
};

}  // namespace tailrace::rpc
