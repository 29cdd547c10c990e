#pragma once

#include <cmath>

#include "tailrace/policy/transform.hpp"

namespace tailrace::policy {

/// A step size that knows both how far a run has come and how stale an update is.
///
///     u  <-  u / (L + c * sqrt(t + tau)),        t = 1, 2, ...
///
/// With a step size of 1 this is the whole step size, and L and c take its place. Early on a stale
/// update counts much less than a fresh one, later nearly the same: then the model hardly moves
/// while a job runs.
///
///   u           Update  (dim)    only its pending factor changes
///   tau         [steps]          arrival.staleness
///   smoothness  double  [1/eta]  L >= 0
///   growth      double  [1/eta]  c > 0
///
/// State   none.
/// Cost    O(1).
/// Errors  none at run time.
/// Source  Sra, Yu, Li, Smola: AdaDelay, AISTATS 2016, arXiv:1508.05003, its step size for all
///         coordinates alike; without the projection.
struct ScaleByAge {
  static constexpr std::string_view name = "scale_by_age";
  static constexpr std::string_view summary =
      "A step size that falls with both the step number and staleness.";
  static constexpr std::string_view formula = "u <- u / (smoothness + growth sqrt(t + tau))";
  static constexpr std::string_view source = "Sra, Yu, Li, Smola, arXiv:1508.05003";
  static constexpr bool sliceable = true;
  static constexpr Law laws =
      Law::keeps_direction | Law::keeps_zero | Law::keeps_alive | Law::odd | Law::stateless;

  double smoothness = 1;
  double growth = 1;

  static void fields(auto& self, auto&& field) {
    field("smoothness", self.smoothness,
          Field{.unit = "1/step size", .min = 0, .doc = "L, of the objective"});
    field("growth", self.growth,
          Field{.unit = "1/step size",
                .min = 0,
                .above_min = true,
                .doc = "c: noisier gradients want more"});
  }

  void apply(const Arrival& arrival, Update& update) const {
    const auto age = static_cast<double>(arrival.step() + arrival.staleness);
    update.scale(1 / (smoothness + growth * std::sqrt(age)));
  }
};
static_assert(Transform<ScaleByAge>);

}  // namespace tailrace::policy
