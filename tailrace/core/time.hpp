#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace tailrace {

/// Integer nanoseconds, virtual or real; a moment since the run began, or a duration.
///
/// Integers make the order of events exact: two moments are equal or they are not, and ties break
/// by sequence number. 2^63 ns are 292 years.
struct Time {
  std::int64_t ns = 0;

  static constexpr Time never() { return {std::numeric_limits<std::int64_t>::max()}; }

  /// Nearest nanosecond; saturates at never() and at zero (a negative or NaN number of seconds has
  /// no meaning as a duration).
  static Time from_seconds(double seconds);

  [[nodiscard]] constexpr double seconds() const { return static_cast<double>(ns) * 1e-9; }

  /// Saturating, so that never() + anything stays never().
  friend constexpr Time operator+(Time a, Time b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a.ns, b.ns, &sum)) return never();
    return {sum};
  }
  friend constexpr Time operator-(Time a, Time b) { return {a.ns - b.ns}; }
  constexpr auto operator<=>(const Time&) const = default;
};

/// Reads "20ms", "1.5s", "3us", "250 ns", "2min", "4h", "1d"; nothing if it is not a duration >= 0.
[[nodiscard]] std::optional<Time> parse_time(std::string_view text);

/// Shortest exact form, such as "20ms" or "1.5s"; parse_time reads it back to the same value.
[[nodiscard]] std::string to_string(Time time);

}  // namespace tailrace
