#include "tailrace/fetch/proxy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace tailrace::fetch {
namespace {

/// A variable that is set.
struct Variable {
  std::string name;
  std::string value;  ///< empty: none is
};

/// The first that is set.
Variable first_of(const Environment& variables, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = variables(name); !value.empty()) return {name, std::move(value)};
  }
  return {};
}

/// Keeps the value to itself, which may hold a password.
tl::unexpected<Errors> unusable(const Variable& variable, const std::string& why) {
  return fail({.code = "fetch/proxy",
               .what = fmt::format("{} names no proxy that can be used: {}", variable.name, why),
               .where = variable.name,
               .fix = fmt::format("set {0} to http://host:port; or unset it, or except the host "
                                  "with no_proxy, to do without a proxy",
                                  variable.name)});
}

/// Whether `host` is `domain` or lies in it; "example.org" and ".example.org" mean the same.
bool is_in(std::string_view host, std::string_view domain) {
  if (domain.starts_with('.')) domain.remove_prefix(1);
  if (domain.empty() || !host.ends_with(domain)) return false;
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

bool is_excepted(const std::string& host, const std::string& list) {
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    std::string_view domain = std::string_view(list).substr(begin, end - begin);
    while (domain.starts_with(' ')) domain.remove_prefix(1);
    while (domain.ends_with(' ')) domain.remove_suffix(1);
    if (domain == "*" || is_in(host, domain)) return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  return value != nullptr ? value : "";
}

Result<std::optional<Url>> proxy_for(const Url& url, const Environment& variables) {
  if (url.is_loopback()) return std::nullopt;
  const Variable exceptions = first_of(variables, {"no_proxy", "NO_PROXY"});
  if (is_excepted(url.host, exceptions.value)) return std::nullopt;
  const Variable variable = url.secure ? first_of(variables, {"https_proxy", "HTTPS_PROXY"})
                                       : first_of(variables, {"http_proxy"});
  std::string text = variable.value;
  if (text.empty()) return std::nullopt;
  if (text.find('@') != std::string::npos) {
    return unusable(variable, "user names and passwords are not supported");
  }
  if (text.find("://") == std::string::npos) text = "http://" + text;
  if (!text.starts_with("http://")) {
    return unusable(variable, "only proxies that are asked over http:// are supported");
  }
  Result<Url> proxy = parse_url(text);
  if (!proxy) return unusable(variable, "it is no address");
  return std::optional<Url>(std::move(*proxy));
}

}  // namespace tailrace::fetch
