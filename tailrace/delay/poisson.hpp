#pragma once

#include <string_view>

#include "tailrace/core/distributions.hpp"
#include "tailrace/delay/model.hpp"

namespace tailrace::delay {

/// A whole number of ticks, Poisson distributed.
///
///     T = tick * Poisson(s_i / tick),   mean s_i, variance tick * s_i
///
/// A draw of 0 is allowed; a job of such draws alone takes 1 ns, as every job does at least.
///
///   tick   double  [s]  >= 1e-9; the clock's tick, and the larger the wider the spread
///
/// State   none.
/// Cost    O(1) for a mean of 10 ticks and more, O(s_i / tick) below.
/// Errors  none.
/// Source  Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024, PMLR 238, "poisson", where the tick
///         is the unit of time.
struct Poisson {
  static constexpr std::string_view name = "poisson";
  static constexpr std::string_view summary = "A Poisson number of clock ticks.";
  static constexpr std::string_view formula = "T = tick Poisson(s_i / tick)";
  static constexpr std::string_view source = "Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024";

  double tick = 1;

  static void fields(auto& self, auto&& field) {
    field("tick", self.tick,
          Field{.unit = "s",
                .min = 1e-9,
                .max = 1e9,
                .doc = "clock tick; times are whole numbers of ticks"});
  }

  double draw(double mean, const StepName&, Stream& stream) const {
    return tick * static_cast<double>(tailrace::poisson(stream, mean / tick));
  }
};
static_assert(DelayModel<Poisson>);

}  // namespace tailrace::delay
