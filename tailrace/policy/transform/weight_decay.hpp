#pragma once

#include "tailrace/policy/transform.hpp"

namespace tailrace::policy {

/// Pulls the model towards zero.
///
///     u  <-  u + strength * x
///
/// Last in the chain it is decoupled (AdamW): x <- (1 - step_size * strength) x - step_size * u.
/// Before clipping or an adaptive part it is the gradient of (strength / 2) ||x||^2.
///
///   u         Update  (dim)
///   x         Real    (dim)  arrival.model: the server's, or the local iterate on a worker
///   strength  double  [1]    >= 0; 0 switches it off
///
/// State   none.
/// Cost    one coordinate-wise pass that reads the model too.
/// Errors  none at run time.
/// Source  Loshchilov, Hutter: Decoupled weight decay regularization, ICLR 2019.
struct WeightDecay {
  static constexpr std::string_view name = "weight_decay";
  static constexpr std::string_view summary =
      "Pulls the model towards zero; decoupled when placed last.";
  static constexpr std::string_view formula = "u <- u + strength x";
  static constexpr std::string_view source = "Loshchilov, Hutter, arXiv:1711.05101";
  static constexpr bool from_number = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::stateless;

  double strength = 1e-4;

  static void fields(auto& self, auto&& field) {
    field("strength", self.strength, Field{.min = 0, .doc = "share of x added; 0 is off"});
  }

  void apply(const Arrival& arrival, Update& update) {
    if (strength == 0) return;
    model = arrival.model;
    update.then(Pass::of(*this));
  }
  void run(const Block& block) const;

  std::span<const Real> model = {};  ///< of the update at hand
};
static_assert(Transform<WeightDecay>);

}  // namespace tailrace::policy
