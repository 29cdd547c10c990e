#pragma once

#include <string>

#include "tailrace/core/result.hpp"

namespace tailrace::fetch {

/// An address such as https://host:port/target.
struct Url {
  bool secure = true;  ///< https
  std::string host;    ///< a name or an address; IPv6 in brackets
  int port = 443;
  std::string target = "/";  ///< path and query

  /// The host as a resolver wants it: IPv6 without brackets.
  [[nodiscard]] std::string bare_host() const;

  /// "https://host:port".
  [[nodiscard]] std::string origin() const;
  [[nodiscard]] std::string to_string() const { return origin() + target; }

  /// Whether the host is this machine, which nobody listens in between of.
  [[nodiscard]] bool is_loopback() const;
};

/// Reads an absolute address.
///
/// Errors  data/bad-url.
[[nodiscard]] Result<Url> parse_url(const std::string& text);

/// Where a redirection of `from` leads: an absolute address, or a path on the same host.
///
/// Errors  data/bad-url.
[[nodiscard]] Result<Url> redirected(const Url& from, const std::string& location);

}  // namespace tailrace::fetch
