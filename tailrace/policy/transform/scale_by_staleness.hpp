#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/staleness_rule.hpp"

namespace tailrace::policy {

/// Shrinks an update the staler it is.
///
///     u  <-  s(tau) * u
///
/// A straggler's update was computed for a model the server has already left. Full weight lets
/// one straggler undo fresh work; zero weight wastes what it computed: the update is discarded.
///
///   u     Update         (dim)    only its pending factor changes
///   tau   [steps]        arrival.staleness; of a combined update, the largest in it
///   rule  StalenessRule  s; polynomial with exponent 1/2 by default
///
/// State   none.
/// Cost    O(1): the factor is applied in the server step's last pass.
/// Errors  none at run time.
/// Source  Xie, Koyejo, Gupta: Asynchronous Federated Optimization, arXiv:1903.03934. They damp the
///         mixing rate; we damp the update itself (with mix_in before it, that is the same).
struct ScaleByStaleness {
  static constexpr std::string_view name = "scale_by_staleness";
  static constexpr std::string_view summary = "Shrinks an update the staler it is.";
  static constexpr std::string_view formula = "u <- s(tau) u";
  static constexpr std::string_view source = "Xie, Koyejo, Gupta, arXiv:1903.03934";
  static constexpr bool from_number = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::shrinks | Law::keeps_direction | Law::keeps_zero |
                              Law::keeps_alive | Law::odd | Law::stateless;

  StalenessRule rule = PolynomialWeight{};

  static void fields(auto& self, auto&& field) {
    field("rule", self.rule, Field{.doc = "s: how the weight falls with staleness"});
  }

  void apply(const Arrival& arrival, Update& update) const {
    const double weight = weight_at(rule, {.staleness = arrival.staleness,
                                           .workers = arrival.workers,
                                           .concurrency = arrival.concurrency});
    if (weight == 0) return update.discard();
    update.scale(weight);
  }
};
static_assert(Transform<ScaleByStaleness>);

}  // namespace tailrace::policy
