#pragma once

#include <string_view>

#include "tailrace/core/distributions.hpp"
#include "tailrace/delay/model.hpp"

namespace tailrace::delay {

/// A memoryless time.
///
///     T = s_i * Exp(1),   mean s_i, standard deviation s_i
///
/// Queues of such workers have closed forms (product form), which makes them the yardstick of an
/// engine.
///
/// State   none.
/// Cost    O(1).
/// Errors  none.
/// Source  Erickson, Johansson: clipped asynchronous SGD, ICML 2026, PMLR 306.
struct Exponential {
  static constexpr std::string_view name = "exponential";
  static constexpr std::string_view summary = "A memoryless time of mean s_i.";
  static constexpr std::string_view formula = "T = s_i Exp(1)";
  static constexpr std::string_view source =
      "Erickson, Johansson: clipped asynchronous SGD, ICML 2026";

  static void fields(auto&, auto&&) {}

  double draw(double mean, const StepName&, Stream& stream) const {
    return mean * standard_exponential(stream);
  }
};
static_assert(DelayModel<Exponential>);

}  // namespace tailrace::delay
