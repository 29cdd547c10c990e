#pragma once

#include "tailrace/policy/transform.hpp"

namespace tailrace::policy {

/// Cuts every coordinate to a largest absolute value.
///
///     u_j  <-  max(-c, min(c, u_j))
///
///   u          Update  (dim)
///   threshold  double  [units of u_j]  c > 0; infinity never clips
///
/// Unlike clip_norm it bends the direction: one wild coordinate does not silence the others.
///
/// State   none.
/// Cost    one coordinate-wise pass, fused with the model update.
/// Errors  none at run time. NaN stays NaN; an infinite coordinate becomes the threshold.
/// Source  Zhang et al.: Why are adaptive methods good for attention models?, NeurIPS 2020.
struct ClipCoordinates {
  static constexpr std::string_view name = "clip_coordinates";
  static constexpr std::string_view summary = "Cuts every coordinate to a largest absolute value.";
  static constexpr std::string_view formula = "u_j <- max(-threshold, min(threshold, u_j))";
  static constexpr std::string_view source = "Zhang et al., arXiv:1912.03194";
  static constexpr bool from_number = true;
  static constexpr bool on_worker = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::shrinks | Law::keeps_zero | Law::keeps_alive | Law::bounds_norm |
                              Law::odd | Law::stateless;

  double threshold = 1;

  static void fields(auto& self, auto&& field) {
    field("threshold", self.threshold,
          Field{.unit = "u_j",
                .min = 0,
                .above_min = true,
                .doc = "largest absolute value; inf never clips"});
  }

  void apply(const Arrival& /*arrival*/, Update& update) {
    if (threshold < infinity) update.then(Pass::of(*this));
  }
  void run(const Block& block) const;
};
static_assert(Transform<ClipCoordinates>);

}  // namespace tailrace::policy
