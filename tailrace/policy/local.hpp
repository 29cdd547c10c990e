#pragma once

#include <cstdint>
#include <optional>

#include "tailrace/policy/schedule.hpp"
#include "tailrace/policy/transform.hpp"

namespace tailrace::policy {

/// What a worker does with a job: one gradient, or K local steps with a chain of their own.
///
/// One gradient (the default):
///
///     u = g(x)                                                       in gradient units
///
/// K local steps with step size eta_l and chain C, reset at the start of every job:
///
///     y_0 = x;   y_{k+1} = y_k - eta_l * C(g(y_k)),   k = 0..K-1;   u = x - y_K
///
/// in parameter units. The displacement x - y_k is summed by itself instead of being taken as a
/// difference of two models, so small steps keep their digits and K = 1 gives exactly eta_l *
/// C(g(x)).
struct Local {
  std::uint32_t steps = 1;  ///< K >= 1
  /// eta_l at server step t; none: the update is the gradient (K = 1)
  std::optional<Schedule> step_size = {};
  Chain each = {};  ///< C

  /// The update is a plain gradient.
  [[nodiscard]] bool gradient() const { return !step_size.has_value(); }
};

}  // namespace tailrace::policy
