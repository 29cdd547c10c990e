#pragma once

#include "tailrace/policy/transform.hpp"

namespace tailrace::policy {

/// Keeps only the direction of an update.
///
///     u  <-  u / (||u|| + epsilon),     0 stays 0
///
/// Every step has the length of the step size, so no noise, however heavy its tail, moves the model
/// far; usually preceded by momentum.
///
///   u        Update  (dim)  only its pending factor changes
///   epsilon  double  [units of ||u||]  >= 0; lets updates much smaller than it fade out
///
/// State   none.
/// Cost    one pass for the norm if nobody computed it yet.
/// Errors  none at run time. An infinite or NaN norm gives NaN: the run reports divergence.
/// Source  Cutkosky, Mehta: Momentum improves normalized SGD, ICML 2020.
struct Normalize {
  static constexpr std::string_view name = "normalize";
  static constexpr std::string_view summary = "Keeps only the direction of an update.";
  static constexpr std::string_view formula = "u <- u / (||u|| + epsilon)";
  static constexpr std::string_view source = "Cutkosky, Mehta, arXiv:2002.03305";
  static constexpr bool on_worker = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::keeps_direction | Law::keeps_zero | Law::keeps_alive |
                              Law::bounds_norm | Law::odd | Law::stateless;

  double epsilon = 0;

  static void fields(auto& self, auto&& field) {
    field("epsilon", self.epsilon,
          Field{.unit = "norm of u", .min = 0, .doc = "updates much smaller than it fade out"});
  }

  void apply(const Arrival& /*arrival*/, Update& update) const {
    const double norm = update.norm();
    if (norm != 0) update.scale(1 / (norm + epsilon));
  }
};
static_assert(Transform<Normalize>);

}  // namespace tailrace::policy
