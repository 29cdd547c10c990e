#pragma once

#include <string_view>

#include "tailrace/delay/model.hpp"

namespace tailrace::delay {

/// Every gradient of worker i takes the same time.
///
///     T = s_i
///
/// State   none.
/// Cost    O(1), no random number.
/// Errors  none.
/// Source  Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024, PMLR 238, "fixed".
struct Fixed {
  static constexpr std::string_view name = "fixed";
  static constexpr std::string_view summary = "Every gradient of a worker takes the same time.";
  static constexpr std::string_view formula = "T = s_i";
  static constexpr std::string_view source = "Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024";

  static void fields(auto&, auto&&) {}

  double draw(double mean, const StepName&, Stream&) const { return mean; }
};
static_assert(DelayModel<Fixed>);

}  // namespace tailrace::delay
