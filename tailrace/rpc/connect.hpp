#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "tailrace/cluster/client.hpp"
#include "tailrace/cluster/link.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::rpc {

/// | name         | unit | effect |
/// |--------------|------|--------|
/// | certificates |      | "certs/worker-3" stands for worker-3.pem and worker-3.key, read again
/// for every connection | | authority    |      | who signed the server's certificate; empty:
/// authority.pem beside the others | | plaintext    |      | no encryption and no identities; to
/// loopback only | | server_name  |      | that the server's certificate must be for; empty: the
/// target's host | | patience     |      | with a server that does not answer | | client       | |
/// what connect() tells the client |
struct ConnectOptions {
  std::string certificates;
  std::string authority = {};
  bool plaintext = false;
  std::string server_name = {};
  std::chrono::milliseconds patience{5'000};
  cluster::ClientOptions client = {};
};

/// Opens a session with a server, "host:port".
///
/// gRPC's own errors say little; when a connection fails, it is tried once more step by step to
/// find out why.
///
/// Errors  rpc/bad-address, rpc/plaintext; those of security::load_credentials;
///         rpc/no-such-host; rpc/nobody-listens; rpc/no-answer; rpc/server-not-believed,
///         rpc/server-expired, rpc/wrong-server-name; rpc/refused: by the server, which does not
///         believe this certificate; rpc/not-tailrace: something else listens there.
[[nodiscard]] Result<std::unique_ptr<cluster::Link>> open_link(const std::string& target,
                                                               const ConnectOptions& options);

/// A worker's client of a server, "host:port".
///
/// Errors  those of cluster::Client::connect, and of open_link() that no waiting will mend.
[[nodiscard]] Result<std::unique_ptr<cluster::Client>> connect(const std::string& target,
                                                               const ConnectOptions& options);

}  // namespace tailrace::rpc
