#include "tailrace/rpc/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>

namespace tailrace::rpc {

std::string Address::text() const {
  const bool brackets = host.find(':') != std::string::npos;
  return brackets ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

bool Address::loopback() const {
  if (host == "localhost") return true;
  in_addr four{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24U == 127;
  in6_addr six{};
  return inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six) != 0;
}

Result<Address> parse_address(std::string_view text) {
  const auto bad = [&](const char* why) {
    return fail({.code = "rpc/bad-address",
                 .what = fmt::format("'{}' is no address: {}", text, why),
                 .where = {},
                 .fix = "write host:port, such as localhost:7000, 0.0.0.0:7000 or [::1]:7000"});
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad("the port is missing");
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  Address address;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (digits.empty() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) {
    return bad("the port must be a number from 0 to 65535");
  }
  const bool brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (brackets) host = host.substr(1, host.size() - 2);
  if (host.empty()) return bad("the host is missing");
  if (!brackets && host.find(':') != std::string_view::npos) {
    return bad("an IPv6 address stands in brackets");
  }
  if (host.find_first_of("/ []") != std::string_view::npos) return bad("not a host's name");
  address.host = host;
  return address;
}

Status allow_plaintext(const Address& address) {
  if (address.loopback()) return {};
  return fail(
      {.code = "rpc/plaintext",
       .what = fmt::format("plain text is refused on {}, which others can reach", address.text()),
       .where = {},
       .fix = "make certificates with 'tailrace certs', or use 127.0.0.1 for a trial"});
}

}  // namespace tailrace::rpc
