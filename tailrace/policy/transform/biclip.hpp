#pragma once

#include <cmath>

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/clip_form.hpp"

namespace tailrace::policy {

/// Clips from both sides: what is large is cut, what is small but not zero is raised.
///
///     norm          u    <-  u * min(u_t, max(d_t, ||u||)) / ||u||
///     coordinates   u_j  <-  sign(u_j) * min(u_t, max(d_t, |u_j|)),          sign(0) = 0
///
///     d_t = lower * t^lower_power,     u_t = upper * t^upper_power,     t = 1, 2, ...
///
/// The lower bound gives small coordinates a step size of their own, as adaptive methods do, but
/// without their memory. lower = 0 leaves ordinary clipping; lower = upper is sign descent.
///
///   u             Update  (dim)  zero stays zero in both forms
///   lower, upper  double  [units of ||u|| or u_j]  d, u at t = 1; where d_t > u_t, u_t wins
///   powers        double  [1]  of the step number; 0 is constant
///
/// State   none.
/// Cost    norm: one pass for the norm if nobody computed it yet; coordinates: one pass, fused.
/// Errors  none at run time. NaN stays NaN.
/// Source  Lee, Zaheer, Li: Efficient distributed optimization under heavy-tailed noise (TailOPT),
///         ICML 2025, arXiv:2502.04164; schedules as in the authors' code.
struct BiClip {
  static constexpr std::string_view name = "biclip";
  static constexpr std::string_view summary =
      "Cuts what is large and raises what is small but not zero.";
  static constexpr std::string_view formula =
      "u_j <- sign(u_j) min(u_t, max(d_t, |u_j|)), or the same on the norm;  "
      "d_t = lower t^lower_power, u_t = upper t^upper_power";
  static constexpr std::string_view source = "Lee, Zaheer, Li, arXiv:2502.04164";
  static constexpr bool sliceable = true;
  static constexpr Law laws =
      Law::keeps_zero | Law::keeps_alive | Law::bounds_norm | Law::odd | Law::stateless;

  ClipForm form = ClipForm::coordinates;
  double lower = 1e-3;
  double upper = 1;
  double lower_power = 0;
  double upper_power = 0;

  static void fields(auto& self, auto&& field) {
    field("form", self.form, Field{.doc = "clip the whole norm, or each coordinate"});
    field("lower", self.lower,
          Field{.unit = "u",
                .min = 0,
                .max = infinity,
                .below_max = true,
                .doc = "smallest size of what is not zero, at the first step; 0 is off"});
    field("upper", self.upper,
          Field{.unit = "u",
                .min = 0,
                .above_min = true,
                .doc = "largest size, at the first step; inf is off"});
    field("lower_power", self.lower_power,
          Field{.min = -2, .max = 2, .doc = "gamma: lower grows as t^gamma"});
    field("upper_power", self.upper_power,
          Field{.min = -2, .max = 2, .doc = "zeta: upper grows as t^zeta"});
  }

  void apply(const Arrival& arrival, Update& update);
  void run(const Block& block) const;

  double lower_now = 0;  ///< d_t of the update at hand
  double upper_now = 0;  ///< u_t of the update at hand
};
static_assert(Transform<BiClip>);

}  // namespace tailrace::policy
