#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "tailrace/core/field.hpp"
#include "tailrace/core/ids.hpp"

namespace tailrace::problem {

/// x_0 = (0, ..., 0).
struct Zeros {
  static constexpr std::string_view name = "zeros";
  static constexpr std::string_view summary = "Start at the origin.";
  static constexpr std::string_view formula = "x_0 = 0";
  static constexpr std::string_view source = "ours";
  static void fields(auto&, auto&&) {}
};

/// x_0 = (1, ..., 1).
struct Ones {
  static constexpr std::string_view name = "ones";
  static constexpr std::string_view summary = "Start with every coordinate at 1.";
  static constexpr std::string_view formula = "x_0 = (1, ..., 1)";
  static constexpr std::string_view source = "ours";
  static void fields(auto&, auto&&) {}
};

/// x_0 ~ N(0, scale^2 I), drawn from the run's seed.
struct Normal {
  static constexpr std::string_view name = "normal";
  static constexpr std::string_view summary = "Start at a random point, the same for every method.";
  static constexpr std::string_view formula = "x_0 ~ N(0, scale^2 I)";
  static constexpr std::string_view source = "ours";

  double scale = 1;

  static void fields(auto& self, auto&& field) {
    field("scale", self.scale,
          Field{.min = 0, .max = 1e9, .doc = "standard deviation of a coordinate"});
  }
};

using Start = std::variant<Zeros, Ones, Normal>;

/// Writes the starting point of the run with this seed.
void write_start(const Start& start, std::uint64_t seed, std::span<Real> out);

}  // namespace tailrace::problem
