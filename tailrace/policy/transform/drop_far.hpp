#pragma once

#include <cmath>

#include "tailrace/core/check.hpp"
#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/whole_sums.hpp"

namespace tailrace::policy {

/// Discards an update whose model the server has left too far behind; its worker gets a new job at
/// once.
///
///     keep u if ||x - x_start|| <= r, else discard it
///
/// How far the model has moved says what a stale gradient is worth; how many steps that took does
/// not. A straggler's update is welcome while the model hardly moves.
///
///   x         Real    (dim)   arrival.model
///   x_start   Real    (dim)   arrival.start
///   distance  double  [norm of x]  r >= 0; infinity keeps everything
///
/// State   none.
/// Cost    one pass that reads both models.
/// Errors  method/needs-start where it is not in `each`. A distance that is not finite discards.
/// Source  Cohen, Daniely, Drori, Koren, Schain: Asynchronous stochastic optimization robust to
///         arbitrary delays (Picky SGD), NeurIPS 2021, arXiv:2106.11879: there r is of the order
///         of epsilon / L for a target gradient norm epsilon (epsilon / (2 L) from memory).
struct DropFar {
  static constexpr std::string_view name = "drop_far";
  static constexpr std::string_view summary =
      "Discards an update whose model the server has left too far behind.";
  static constexpr std::string_view formula = "discard u if ||x - x_start|| > distance";
  static constexpr std::string_view source =
      "Cohen, Daniely, Drori, Koren, Schain, arXiv:2106.11879";
  static constexpr bool from_number = true;
  static constexpr bool needs_start = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws =
      Law::shrinks | Law::keeps_direction | Law::keeps_zero | Law::odd | Law::stateless;

  double distance = 1;

  static void fields(auto& self, auto&& field) {
    field("distance", self.distance,
          Field{.unit = "norm of x",
                .min = 0,
                .doc = "how far the model may have moved; inf keeps everything"});
  }

  void prepare(const PartSetup& setup) { slices = setup.slices; }
  void apply(const Arrival& arrival, Update& update) const {
    if (distance == infinity) return;
    TAILRACE_CHECK(arrival.start.size() == arrival.model.size());
    const double moved = std::sqrt(squared_distance(arrival.model, arrival.start, slices));
    if (!(moved <= distance)) update.discard();
  }

  Slices* slices = nullptr;  ///< those who hold the rest of the model
};
static_assert(Transform<DropFar>);

}  // namespace tailrace::policy
