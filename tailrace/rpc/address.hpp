#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tailrace/core/result.hpp"

namespace tailrace::rpc {

/// Where a server listens.
struct Address {
  std::string host;  ///< a name or an address; an IPv6 address without its brackets
  std::uint16_t port = 0;

  /// "host:port", "[::1]:port".
  [[nodiscard]] std::string text() const;
  /// Whether nobody outside this machine can reach it. A name counts only if it is "localhost".
  [[nodiscard]] bool loopback() const;
};

/// Reads "host:port" or "[IPv6 address]:port".
///
/// Errors  rpc/bad-address.
[[nodiscard]] Result<Address> parse_address(std::string_view text);

/// Plain text is for trials on one machine: everybody on the way could read and change it, and
/// anybody could be any worker.
///
/// Errors  rpc/plaintext.
[[nodiscard]] Status allow_plaintext(const Address& address);

}  // namespace tailrace::rpc
