#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/layers.hpp"

namespace tailrace::policy {

/// Shortens every tensor of an update to a largest norm of its own.
///
///     u_l  <-  min(1, c / ||u_l||) * u_l            for every tensor l of the model
///
/// Layers of a network differ in size by orders of magnitude, and so do their errors: a
/// heavy-tailed error in one of them need not silence the others, as it does under clip_norm. The
/// direction of the whole update bends. The whole norm is at most c * sqrt(layers).
///
///   u          Update  (dim)          parameter or gradient units
///   threshold  double  [norm of u_l]  c > 0; infinity never clips
///
/// State   none.
/// Cost    the update is brought to memory and read once for the norms, and one fused pass. With a
///         single tensor it is clip_norm, to the bit.
/// Errors  none at run time. A layer with an infinite or NaN norm becomes NaN: the run reports
///         divergence.
/// Source  McMahan, Ramage, Talwar, Zhang: Learning differentially private recurrent language
///         models, ICLR 2018, arXiv:1710.06963 ("per-layer clipping"), there with one threshold for
///         each layer.
struct ClipLayers {
  static constexpr std::string_view name = "clip_layers";
  static constexpr std::string_view summary =
      "Shortens every tensor of an update to a largest norm of its own.";
  static constexpr std::string_view formula =
      "u_l <- min(1, threshold / ||u_l||) u_l  for every tensor l";
  static constexpr std::string_view source = "McMahan, Ramage, Talwar, Zhang, arXiv:1710.06963";
  static constexpr bool from_number = true;
  static constexpr bool on_worker = true;
  static constexpr Law laws = Law::shrinks | Law::keeps_zero | Law::keeps_alive | Law::bounds_norm |
                              Law::odd | Law::stateless;

  double threshold = 1;

  static void fields(auto& self, auto&& field) {
    field("threshold", self.threshold,
          Field{.unit = "norm of u_l",
                .min = 0,
                .above_min = true,
                .doc = "largest norm of a tensor; inf never clips"});
  }

  void prepare(const PartSetup& setup) { layers.prepare(setup, /*apart=*/true); }
  void apply(const Arrival& arrival, Update& update);

  Layers layers = {};
};
static_assert(Transform<ClipLayers>);

}  // namespace tailrace::policy
