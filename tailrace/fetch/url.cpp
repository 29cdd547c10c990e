#include "tailrace/fetch/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace tailrace::fetch {
namespace {

constexpr int https_port = 443;
constexpr int http_port = 80;

tl::unexpected<Errors> bad(const std::string& text) {
  return fail({.code = "data/bad-url",
               .what = "\"" + text + "\" is no address to download from",
               .where = "",
               .fix = "give one such as https://host/folder, without user name and password"});
}

bool is_printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

std::string Url::bare_host() const {
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  return bracketed ? host.substr(1, host.size() - 2) : host;
}

std::string Url::origin() const {
  const bool usual = port == (secure ? https_port : http_port);
  return fmt::format("{}://{}{}", secure ? "https" : "http", host,
                     usual ? std::string() : fmt::format(":{}", port));
}

bool Url::is_loopback() const {
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

Result<Url> parse_url(const std::string& text) {
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    url.secure = false;
  } else {
    return bad(text);
  }
  if (!is_printable(text)) return bad(text);
  const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view place = rest.substr(0, slash);
  rest = rest.substr(slash);
  rest = rest.substr(0, rest.find('#'));
  url.target = (rest.starts_with('/') ? "" : "/") + std::string(rest);
  url.port = url.secure ? https_port : http_port;
  const std::size_t bracket = place.find(']');
  const std::size_t colon = place.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const std::string_view digits = place.substr(colon + 1);
    const char* end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, url.port);
    if (parsed.ec != std::errc() || parsed.ptr != end) return bad(text);
    if (url.port < 1 || url.port > 65535) return bad(text);
    place = place.substr(0, colon);
  }
  if (place.empty() || place.find('@') != std::string_view::npos) return bad(text);
  url.host = place;
  return url;
}

Result<Url> redirected(const Url& from, const std::string& location) {
  if (location.starts_with("//")) {
    return parse_url((from.secure ? "https:" : "http:") + location);
  }
  if (location.starts_with('/')) return parse_url(from.origin() + location);
  if (location.find("://") != std::string::npos) return parse_url(location);
  const std::string path = from.target.substr(0, from.target.find('?'));
  return parse_url(from.origin() + path.substr(0, path.rfind('/') + 1) + location);
}

}  // namespace tailrace::fetch
