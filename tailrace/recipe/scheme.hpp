#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "tailrace/policy/combine/buffer.hpp"
#include "tailrace/policy/method.hpp"

namespace tailrace::recipe {

/// How workers and server take turns, for methods that exist in all three forms.
///
///   synchronous     one update from every worker makes a step; then all start anew
///   server_centric  M updates make a step; who delivered waits for it, then starts anew.
///                   Stragglers go on computing and land in a later step
///   client_centric  M updates make a step; who delivered starts anew at once
///
/// Source  Sun et al.: Asynchronous heavy-tailed optimization, arXiv:2602.18002.
enum class Scheme { synchronous, server_centric, client_centric };

}  // namespace tailrace::recipe

namespace tailrace {
template <>
struct EnumNames<recipe::Scheme> {
  static constexpr std::array values = {
      std::pair{std::string_view("synchronous"), recipe::Scheme::synchronous},
      std::pair{std::string_view("server_centric"), recipe::Scheme::server_centric},
      std::pair{std::string_view("client_centric"), recipe::Scheme::client_centric}};
};
}  // namespace tailrace

namespace tailrace::recipe {

inline constexpr Field scheme_field{
    .doc = "all wait for all; who delivered waits for the step; nobody waits"};
inline constexpr Field buffer_field{
    .unit = "updates", .min = 1, .max = 1e9, .doc = "M, updates in one step; not if synchronous"};

/// The `combine` part of a scheme.
[[nodiscard]] inline policy::Combine combine(Scheme scheme, std::uint64_t buffer) {
  if (scheme == Scheme::synchronous) return policy::Barrier{};
  return policy::Buffer{.size = buffer};
}

/// The `next` part of a scheme.
[[nodiscard]] inline policy::Next next(Scheme scheme) {
  const bool waits = scheme != Scheme::client_centric;
  return {.who = policy::Sender{},
          .when = waits ? policy::When::after_step : policy::When::at_once};
}

}  // namespace tailrace::recipe
