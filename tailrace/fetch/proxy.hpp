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
/// Errors  data/bad-url for a variable that holds no address.
[[nodiscard]] Result<std::optional<Url>> proxy_for(const Url& url,
                                                   const Environment& variables = environment);

}  // namespace tailrace::fetch
