#pragma once

#include <string_view>

#include "tailrace/delay/model.hpp"

namespace tailrace::delay {

/// A time between two multiples of s_i.
///
///     T = s_i * U(low, high),   mean s_i where low + high = 2
///
///   low   double  [1]  >= 0
///   high  double  [1]  >= low
///
/// State   none.
/// Cost    O(1).
/// Errors  high < low is refused when the run is set up.
/// Source  Erickson, Johansson: clipped asynchronous SGD, ICML 2026, PMLR 306, with U(0.5, 1.5).
struct Uniform {
  static constexpr std::string_view name = "uniform";
  static constexpr std::string_view summary = "A time between two multiples of s_i.";
  static constexpr std::string_view formula = "T = s_i U(low, high)";
  static constexpr std::string_view source =
      "Erickson, Johansson: clipped asynchronous SGD, ICML 2026";

  double low = 0.5;
  double high = 1.5;

  static void fields(auto& self, auto&& field) {
    field("low", self.low, Field{.min = 0, .max = 1e9, .doc = "shortest, in multiples of s_i"});
    field("high", self.high,
          Field{.min = 0, .max = 1e9, .above_min = true, .doc = "longest, in multiples of s_i"});
  }

  Result<Uniform> prepare(const ModelSetup&) const;

  double draw(double mean, const StepName&, Stream& stream) const {
    return mean * (low + (high - low) * stream.uniform());
  }
};
static_assert(DelayModel<Uniform>);

}  // namespace tailrace::delay
