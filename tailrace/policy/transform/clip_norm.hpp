#pragma once

#include "tailrace/policy/transform.hpp"

namespace tailrace::policy {

/// Shortens an update to a largest norm.
///
///     u  <-  min(1, c / ||u||) * u
///
/// One gradient with a heavy-tailed error can undo a thousand good steps; clipped, no update moves
/// the model further than step_size * c, however heavy the tail and however stale the update.
///
///   u          Update  (dim)        parameter or gradient units; only its pending factor changes
///   threshold  double  [norm of u]  c > 0; infinity never clips
///
/// State   none.
/// Cost    one pass for the norm if nobody computed it yet.
/// Errors  none at run time. An infinite or NaN norm gives NaN: the run reports divergence.
/// Source  Erickson, Johansson, arXiv:2606.13287, Algorithms 1 and 2; Pascanu et al. 2013.
struct ClipNorm {
  static constexpr std::string_view name = "clip_norm";
  static constexpr std::string_view summary = "Shortens an update to a largest norm.";
  static constexpr std::string_view formula = "u <- min(1, threshold / ||u||) u";
  static constexpr std::string_view source = "Erickson, Johansson, arXiv:2606.13287";
  static constexpr bool from_number = true;
  static constexpr bool on_worker = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::shrinks | Law::keeps_direction | Law::keeps_zero |
                              Law::keeps_alive | Law::bounds_norm | Law::odd | Law::stateless;

  double threshold = 1;

  static void fields(auto& self, auto&& field) {
    field("threshold", self.threshold,
          Field{.unit = "norm of u",
                .min = 0,
                .above_min = true,
                .doc = "largest norm; inf never clips"});
  }

  void apply(const Arrival& /*arrival*/, Update& update) const {
    const double norm = update.norm();
    if (!(norm <= threshold)) update.scale(threshold / norm);
  }
};

}  // namespace tailrace::policy
