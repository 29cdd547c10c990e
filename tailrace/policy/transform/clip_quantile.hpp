#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/layers.hpp"

namespace tailrace::policy {

/// Follows a quantile of a stream of norms, by factors.
///
///     beginning   c  =  the quantile of all norms so far, while they are fewer than 16
///     then        c  <-  c * exp(-rate * (1[norm <= c] - quantile))
///
/// A norm is either within c or not, however far: an error of 1e30 moves c no further than one of
/// 2 c does. Over T norms the share within c differs from the quantile by at most
/// |log(c_T / c_0)| / (rate T): the steps telescope.
struct QuantileTracker {
  static constexpr std::uint64_t first_max = 16;

  double value = 0;        ///< c; 0 before the first norm
  std::uint64_t seen = 0;  ///< norms in `first`; first_max also where c was given
  std::array<double, first_max> first = {};

  /// c for this norm, which must be finite and not 0: what has been learnt before it, except in the
  /// beginning.
  double follow(double norm, double quantile, double rate);

  /// Starts from c in place of the first norms.
  void begin_at(double c) {
    value = c;
    seen = first_max;
  }
};

/// Shortens an update to a quantile of the norms of the updates before it, so that the threshold
/// finds itself.
///
///     u  <-  min(1, c / ||u||) * u
///     c  <-  c * exp(-rate * (1[||u|| <= c] - quantile))
///
/// The right threshold of clip_norm is a number in the units of the gradient: it changes with the
/// problem, its scaling, the batch and the progress of training. A quantile has no units; whatever
/// multiplies all norms multiplies c. With per_layer, every tensor of the model has a threshold.
///
///   u          Update  (dim)        parameter or gradient units
///   c          double  [norm of u]  threshold, one or one a tensor
///   quantile   double  [1]          in (0, 1): share of updates left as they are; 1/2 clips every
///                                   second one
///   rate       double  [1]          how fast c moves: at most by a factor exp(rate) an update
///   initial    double  [norm of u]  c_0; 0: the quantile of the first 16 norms, of all so far
///                                   while they are fewer
///   per_layer  bool
///
/// State   c and the first 16 norms, 144 bytes a layer. Updates whose norm is 0 tell nothing about
///         sizes and change nothing.
/// Cost    one pass for the norm if nobody computed it yet; per layer, that of clip_layers.
/// Errors  none at run time. An infinite or NaN norm gives NaN: the run reports divergence.
/// Source  Andrew, Thakkar, McMahan, Ramaswamy: Differentially private learning with adaptive
///         clipping, NeurIPS 2021, arXiv:1905.03871, the geometric update. There c moves once a
///         round by the share of the round's updates that were within it; here once an update.
///         Starting from the first norms, and layers, are ours. Counting is not private here.
struct ClipQuantile {
  static constexpr std::string_view name = "clip_quantile";
  static constexpr std::string_view summary =
      "Shortens an update to a quantile of the norms before it; finds its threshold itself.";
  static constexpr std::string_view formula =
      "u <- min(1, c / ||u||) u;  c <- c exp(-rate (1[||u|| <= c] - quantile))";
  static constexpr std::string_view source =
      "Andrew, Thakkar, McMahan, Ramaswamy, arXiv:1905.03871";
  static constexpr bool from_number = true;
  static constexpr Law laws = Law::shrinks | Law::keeps_zero | Law::keeps_alive | Law::odd;

  double quantile = 0.5;
  double rate = 0.1;
  double initial = 0;
  bool per_layer = false;

  static void fields(auto& self, auto&& field) {
    field("quantile", self.quantile,
          Field{.min = 0,
                .max = 1,
                .above_min = true,
                .below_max = true,
                .doc = "share of updates left as they are"});
    field("rate", self.rate,
          Field{.min = 0, .max = 10, .doc = "of the threshold's logarithm; 0 keeps the first one"});
    field("initial", self.initial,
          Field{.unit = "norm of u",
                .min = 0,
                .below_max = true,
                .doc = "threshold at first; 0: from the first 16 updates"});
    field("per_layer", self.per_layer, Field{.doc = "a threshold for every tensor of the model"});
  }

  [[nodiscard]] bool sliceable() const { return !per_layer; }
  void prepare(const PartSetup& setup);
  void apply(const Arrival& arrival, Update& update);
  [[nodiscard]] std::string remark() const;
  void state(Archive& archive);

  Layers layers = {};
  std::vector<QuantileTracker> trackers = {};  ///< one a layer
};
static_assert(Transform<ClipQuantile>);

}  // namespace tailrace::policy
