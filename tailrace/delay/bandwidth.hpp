#pragma once

#include <compare>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace tailrace::delay {

/// How many bytes a link carries in a second. [bytes/s] A Quantity.
struct Bandwidth {
  double bytes_per_second = std::numeric_limits<double>::infinity();

  /// Reads "100Mbit/s", "1Gbit/s", "10MB/s", "2.5 kB/s" or "unlimited"; nothing if it is not a
  /// bandwidth above zero. Prefixes are decimal (k, M, G, T: 1000 each), a byte is eight bits.
  static std::optional<Bandwidth> parse(std::string_view text);

  auto operator<=>(const Bandwidth&) const = default;
};

/// A form that Bandwidth::parse reads back to the same value, such as "100Mbit/s".
[[nodiscard]] std::string to_string(Bandwidth bandwidth);

}  // namespace tailrace::delay
