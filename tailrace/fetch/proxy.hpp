#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tailrace/fetch/url.hpp"

namespace tailrace::fetch {

/// A variable's value; empty if it is not set.
using Environment = std::function<std::string(const char* name)>;

/// The program's own environment.
[[nodiscard]] std::string environment(const char* name);

/// The proxy through which an address is to be asked, by the usual variables: https_proxy or
/// HTTPS_PROXY, http_proxy, and no_proxy or NO_PROXY (hosts and domains with commas between them,
/// or `*`). This machine is always asked directly.
///
/// HTTP_PROXY in capitals is left alone, as elsewhere: a web server may set it for a request.
///
/// The way to the proxy itself is not encrypted; what is asked over https is, up to the host.
///
/// Errors  fetch/proxy for a variable that holds anything but http://host:port or host:port: a
///         proxy that wants to be asked over https or SOCKS, or one with user name and password,
///         which the error does not repeat.
[[nodiscard]] Result<std::optional<Url>> proxy_for(const Url& url,
                                                   const Environment& variables = environment);

}  // namespace tailrace::fetch
