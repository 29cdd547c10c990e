#include "tailrace/core/time.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>

namespace tailrace {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};

constexpr std::array<Unit, 7> units = {{{"d", 86'400'000'000'000},
                                        {"h", 3'600'000'000'000},
                                        {"min", 60'000'000'000},
                                        {"s", 1'000'000'000},
                                        {"ms", 1'000'000},
                                        {"us", 1'000},
                                        {"ns", 1}}};

}  // namespace

Time Time::from_seconds(double seconds) {
  const double ns = std::round(seconds * 1e9);
  if (!(ns > 0)) return {0};
  if (ns >= 9.2e18) return never();
  return {static_cast<std::int64_t>(ns)};
}

std::optional<Time> parse_time(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || !std::isfinite(number) || number < 0) return std::nullopt;
  std::string_view name(rest, static_cast<std::size_t>(end - rest));
  while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
  // A double holds whole numbers only up to 2^53 exactly, so these take their own way.
  std::int64_t whole = 0;
  const auto [whole_end, whole_error] = std::from_chars(text.data(), rest, whole);
  const bool is_whole = whole_error == std::errc() && whole_end == rest;
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    if (is_whole) {
      std::int64_t exact = 0;
      if (__builtin_mul_overflow(whole, unit.ns, &exact)) return std::nullopt;
      return Time{exact};
    }
    const double ns = std::round(number * static_cast<double>(unit.ns));
    if (ns >= 9.2e18) return std::nullopt;
    return Time{static_cast<std::int64_t>(ns)};
  }
  return std::nullopt;
}

std::string to_string(Time time) {
  if (time == Time::never()) return "never";
  for (const Unit& unit : units) {
    // Minutes and longer only when whole: "90s" reads better than "1.5min" or "0.025h".
    if (unit.ns > units[3].ns ? time.ns % unit.ns == 0 && time.ns >= 10 * unit.ns
                              : time.ns >= unit.ns) {
      if (time.ns % unit.ns == 0) return fmt::format("{}{}", time.ns / unit.ns, unit.name);
      const double number = static_cast<double>(time.ns) / static_cast<double>(unit.ns);
      std::string text = fmt::format("{}{}", number, unit.name);
      if (parse_time(text) == time) return text;
    }
  }
  return fmt::format("{}ns", time.ns);
}

}  // namespace tailrace
