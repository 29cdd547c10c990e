#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tailrace/policy/transform.hpp"

namespace tailrace::policy {

/// Discards an update that is too stale; its worker gets a new job at once.
///
///     keep u if tau <= r, else discard it
///     growth > 0:  keep u if tau < floor((r + 1) * max(1, t - 1)^growth),     t = 1, 2, ...
///
///   tau         [steps]      arrival.staleness
///   older_than  [steps]      r >= 0; 0 keeps only updates of the current model
///   growth      double  [1]  >= 0; 0: the threshold stays. t - 1 is the version, as the source
///                            counts
///
/// State   none.
/// Cost    O(1).
/// Errors  none.
/// Source  Maranjyan, Tyurin, Richtarik: Ringmaster ASGD, arXiv:2501.16168, where the threshold
///         counts one more: R there is older_than + 1 here. Growing: Sadiev, Maranjyan, Ilin,
///         Richtarik, arXiv:2605.18174.
struct DropStale {
  static constexpr std::string_view name = "drop_stale";
  static constexpr std::string_view summary = "Discards an update that is too stale.";
  static constexpr std::string_view formula =
      "discard u if tau > older_than; growing: if tau >= (older_than + 1) max(1, t - 1)^growth";
  static constexpr std::string_view source = "Maranjyan, Tyurin, Richtarik, arXiv:2501.16168";
  static constexpr bool from_number = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws =
      Law::shrinks | Law::keeps_direction | Law::keeps_zero | Law::odd | Law::stateless;

  std::uint64_t older_than = 10;
  double growth = 0;

  static void fields(auto& self, auto&& field) {
    field("older_than", self.older_than,
          Field{.unit = "steps", .min = 0, .doc = "largest staleness that is kept"});
    field("growth", self.growth,
          Field{.min = 0, .max = 2, .doc = "the threshold grows as t^growth; 0: it stays"});
  }

  void apply(const Arrival& arrival, Update& update) const {
    if (growth == 0 ? arrival.staleness > older_than : too_stale(arrival)) update.discard();
  }

 private:
  [[nodiscard]] bool too_stale(const Arrival& arrival) const {
    const auto k = static_cast<double>(std::max<Version>(1, arrival.version));
    // A little more, lest rounding of the power take a whole step off.
    const double limit = (static_cast<double>(older_than) + 1) * std::pow(k, growth) * (1 + 1e-12);
    return static_cast<double>(arrival.staleness) >= std::floor(limit);
  }
};
static_assert(Transform<DropStale>);

}  // namespace tailrace::policy
