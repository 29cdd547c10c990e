#include "tailrace/fetch/proxy.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace tailrace::fetch {
namespace {

/// The first that is set; empty without one.
std::string first_of(const Environment& variables, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = variables(name); !value.empty()) return value;
  }
  return {};
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
  if (is_excepted(url.host, first_of(variables, {"no_proxy", "NO_PROXY"}))) return std::nullopt;
  std::string text = url.secure ? first_of(variables, {"https_proxy", "HTTPS_PROXY"})
                                : first_of(variables, {"http_proxy"});
  if (text.empty()) return std::nullopt;
  if (text.find("://") == std::string::npos) text = "http://" + text;
  Result<Url> proxy = parse_url(text);
  if (!proxy) return fail(proxy.error());
  return std::optional<Url>(std::move(*proxy));
}

}  // namespace tailrace::fetch
