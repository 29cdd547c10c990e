#include "tailrace/delay/bandwidth.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>

namespace tailrace::delay {
namespace {

struct Unit {
  std::string_view name;
  double per_second;  ///< how many of this unit's parts make up one
  double parts_per_byte;
};

/// Bits first: that is how links are sold, and how to_string prints them.
constexpr std::array<Unit, 10> units = {{{"Tbit/s", 1e12, 8},
                                         {"Gbit/s", 1e9, 8},
                                         {"Mbit/s", 1e6, 8},
                                         {"kbit/s", 1e3, 8},
                                         {"bit/s", 1, 8},
                                         {"TB/s", 1e12, 1},
                                         {"GB/s", 1e9, 1},
                                         {"MB/s", 1e6, 1},
                                         {"kB/s", 1e3, 1},
                                         {"B/s", 1, 1}}};

}  // namespace

std::optional<Bandwidth> Bandwidth::parse(std::string_view text) {
  if (text == "unlimited") return Bandwidth{};
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc()) return std::nullopt;
  std::string_view name(rest, static_cast<std::size_t>(end - rest));
  while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    const double bytes = number * unit.per_second / unit.parts_per_byte;
    if (!std::isfinite(bytes) || !(bytes > 0)) return std::nullopt;
    return Bandwidth{bytes};
  }
  return std::nullopt;
}

std::string to_string(Bandwidth bandwidth) {
  if (std::isinf(bandwidth.bytes_per_second)) return "unlimited";
  for (const Unit& unit : units) {
    const double number = bandwidth.bytes_per_second * unit.parts_per_byte / unit.per_second;
    if (number < 1) continue;
    std::string text = fmt::format("{}{}", number, unit.name);
    if (Bandwidth::parse(text) == bandwidth) return text;
  }
  return fmt::format("{}B/s", bandwidth.bytes_per_second);
}

}  // namespace tailrace::delay
