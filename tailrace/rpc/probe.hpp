#pragma once

#include <chrono>
#include <string>

#include "tailrace/core/result.hpp"
#include "tailrace/rpc/address.hpp"
#include "tailrace/security/credentials.hpp"

namespace tailrace::rpc {

/// Goes through a connection step by step to find out why gRPC could not make one: name, TCP, TLS
/// in both directions, HTTP/2.
///
///   credentials  null: plain text
///   server_name  that the server's certificate must be for
///   said         what gRPC said, for want of anything better
[[nodiscard]] Error why_not_connected(const Address& address,
                                      const security::Credentials* credentials,
                                      const std::string& server_name,
                                      std::chrono::milliseconds patience, const std::string& said);

}  // namespace tailrace::rpc
