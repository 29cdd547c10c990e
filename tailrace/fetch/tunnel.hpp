#pragma once

#include <atomic>
#include <chrono>

#include "tailrace/fetch/url.hpp"

namespace tailrace::fetch {

/// How long a tunnel may take.
struct TunnelOptions {
  std::chrono::milliseconds connect_time = std::chrono::seconds(15);
  std::chrono::milliseconds answer_time = std::chrono::seconds(30);  ///< for the whole answer
  const std::atomic<bool>* stop = nullptr;
};

/// What came of asking a proxy for a connection.
struct Tunnel {
  int descriptor = -1;     ///< a connection to the host, which the caller closes; -1: none
  bool connected = false;  ///< the proxy itself was there
  int status = 0;          ///< what it answered; 0: nothing, or no HTTP
};

/// A connection to an address through a proxy, for encryption from end to end:
///
///     CONNECT host:port  ->  2xx, and from then on the bytes are the host's
///
/// The client of cpp-httplib 0.11 can do that as well, but when the answer is the last one of the
/// connection ("Connection: close", as refusals are), it takes a lock that it holds and waits for
/// ever; and it begins the encryption whatever the proxy has answered.
///
/// Source  RFC 9110, section 9.3.6.
[[nodiscard]] Tunnel open_tunnel(const Url& proxy, const Url& to, const TunnelOptions& options);

}  // namespace tailrace::fetch
