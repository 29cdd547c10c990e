#pragma once

#include <cstdint>

namespace tailrace {

/// What a transform promises for every input; tests/conformance checks each promise on hostile
/// updates.
enum class Law : std::uint32_t {
  none = 0,
  shrinks = 1 << 0,          ///< the norm never grows
  keeps_direction = 1 << 1,  ///< the result is a multiple >= 0 of the input
  keeps_zero = 1 << 2,       ///< zero stays zero
  keeps_alive = 1 << 3,      ///< a non-zero update stays non-zero
  bounds_norm = 1 << 4,      ///< the result's norm has a bound that holds for every input
  odd = 1 << 5,              ///< f(-u) = -f(u)
  stateless = 1 << 6,        ///< the result depends on this update and its arrival alone
};

constexpr Law operator|(Law a, Law b) {
  return static_cast<Law>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool has(Law laws, Law law) {
  return (static_cast<std::uint32_t>(laws) & static_cast<std::uint32_t>(law)) != 0;
}

}  // namespace tailrace
