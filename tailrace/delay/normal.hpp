#pragma once

#include <cmath>
#include <string_view>

#include "tailrace/core/distributions.hpp"
#include "tailrace/delay/model.hpp"

namespace tailrace::delay {

/// A folded normal time after a fixed start-up.
///
///     T = offset + |N(s_i, (deviation * s_i)^2)|
///
/// The defaults are the paper's |N(s_i, s_i)| + 1. Its second parameter is the *standard
/// deviation*, as in the authors' numpy code, not the variance. At deviation 1 the fold makes the
/// mean offset + 1.167 s_i, not offset + s_i.
///
///   offset     double  [s]  >= 0; added to every draw
///   deviation  double  [1]  >= 0; standard deviation as a multiple of s_i, 0 is fixed
///
/// State   none.
/// Cost    O(1).
/// Errors  none.
/// Source  Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024, PMLR 238, "normal".
struct Normal {
  static constexpr std::string_view name = "normal";
  static constexpr std::string_view summary = "A folded normal time after a fixed start-up.";
  static constexpr std::string_view formula = "T = offset + |N(s_i, (deviation s_i)^2)|";
  static constexpr std::string_view source = "Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024";

  double offset = 1;
  double deviation = 1;

  static void fields(auto& self, auto&& field) {
    field("offset", self.offset,
          Field{.unit = "s", .min = 0, .max = 1e9, .doc = "added to every draw"});
    field(
        "deviation", self.deviation,
        Field{.min = 0, .max = 1e9, .doc = "standard deviation as a multiple of s_i; 0 is fixed"});
  }

  double draw(double mean, const StepName&, Stream& stream) const {
    return offset + std::fabs(mean + deviation * mean * standard_normal(stream));
  }
};
static_assert(DelayModel<Normal>);

}  // namespace tailrace::delay
