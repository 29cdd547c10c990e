#pragma once

#include <cstdint>

#include "tailrace/policy/transform.hpp"

namespace tailrace::policy {

/// Discards an update that is too stale; its worker gets a new job at once.
///
///     keep u if tau <= R, else discard it
///
///   tau         [steps]  arrival.staleness
///   older_than  [steps]  R >= 0; 0 keeps only updates of the current model
///
/// State   none.
/// Cost    O(1).
/// Errors  none.
/// Source  Maranjyan, Tyurin, Richtarik: Ringmaster ASGD, arXiv:2501.16168, where the threshold
///         counts one more: R there is older_than + 1 here.
struct DropStale {
  static constexpr std::string_view name = "drop_stale";
  static constexpr std::string_view summary = "Discards an update that is too stale.";
  static constexpr std::string_view formula = "discard u if tau > older_than";
  static constexpr std::string_view source = "Maranjyan, Tyurin, Richtarik, arXiv:2501.16168";
  static constexpr bool from_number = true;
  static constexpr Law laws =
      Law::shrinks | Law::keeps_direction | Law::keeps_zero | Law::odd | Law::stateless;

  std::uint64_t older_than = 10;

  static void fields(auto& self, auto&& field) {
    field("older_than", self.older_than,
          Field{.unit = "steps", .min = 0, .doc = "largest staleness that is kept"});
  }

  void apply(const Arrival& arrival, Update& update) const {
    if (arrival.staleness > older_than) update.discard();
  }
};
static_assert(Transform<DropStale>);

}  // namespace tailrace::policy
