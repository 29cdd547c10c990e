#pragma once

#include "tailrace/policy/transform.hpp"

namespace tailrace::policy {

/// Turns "start minus end" into "server minus end", so that a step mixes the worker's model into
/// the server's.
///
///     u  <-  x - x_start + u          with u = x_start - y this is x - y, and the step is
///     x  <-  x - a * (x - y)  =  (1 - a) * x + a * y
///
/// Only in `each`: a combined update has no one starting point.
///
///   u        Update  (dim)  displacement of K local steps
///   x        Real    (dim)  arrival.model
///   x_start  Real    (dim)  arrival.start
///
/// State   none.
/// Cost    one coordinate-wise pass that reads both models.
/// Errors  method/needs-start where it is not in `each`.
/// Source  Xie, Koyejo, Gupta: Asynchronous Federated Optimization, arXiv:1903.03934.
struct MixIn {
  static constexpr std::string_view name = "mix_in";
  static constexpr std::string_view summary =
      "Makes a step mix the worker's model into the server's.";
  static constexpr std::string_view formula = "u <- x - x_start + u";
  static constexpr std::string_view source = "Xie, Koyejo, Gupta, arXiv:1903.03934";
  static constexpr bool needs_start = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::stateless;

  static void fields(auto& /*self*/, auto&& /*field*/) {}

  void apply(const Arrival& arrival, Update& update) {
    model = arrival.model;
    start = arrival.start;
    update.then(Pass::of(*this));
  }
  void run(const Block& block) const;

  std::span<const Real> model = {};  ///< of the update at hand
  std::span<const Real> start = {};  ///< of the update at hand
};
static_assert(Transform<MixIn>);

}  // namespace tailrace::policy
