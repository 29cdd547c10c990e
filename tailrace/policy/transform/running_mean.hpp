#pragma once

#include <algorithm>
#include <cmath>

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/heavy_ball.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// Momentum as a running mean whose newest share can fall along the run.
///
///     m  <-  (1 - a_t) * m + a_t * u;    u  <-  m,      a_t = share * max(1, t - 1)^(-power)
///
///   u      Update  (dim)
///   t      [steps] 1, 2, ...; t - 1 is the version, as the source counts
///   share  double  [1]  in (0, 1]; 1 with power 0 switches it off
///   power  double  [1]  >= 0; 0: the share stays
///
/// State   m, Real (dim), zero at first.
/// Cost    one coordinate-wise pass, fused with the model update.
/// Errors  none at run time.
/// Source  Cutkosky, Mehta, arXiv:2002.03305; a_t = 1 / sqrt(t - 1): Sadiev, Maranjyan, Ilin,
///         Richtarik, arXiv:2605.18174.
struct RunningMean {
  static constexpr std::string_view name = "running_mean";
  static constexpr std::string_view summary =
      "Momentum as a running mean whose newest share can fall along the run.";
  static constexpr std::string_view formula =
      "m <- (1 - a_t) m + a_t u;  u <- m;  a_t = share max(1, t - 1)^(-power)";
  static constexpr std::string_view source = "Cutkosky, Mehta, arXiv:2002.03305";
  static constexpr bool from_number = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::odd;

  double share = 0.1;
  double power = 0;

  static void fields(auto& self, auto&& field) {
    field("share", self.share,
          Field{.min = 0, .max = 1, .above_min = true, .doc = "of the newest update, at first"});
    field("power", self.power,
          Field{.min = 0, .max = 2, .doc = "the share falls as t^-power; 0: it stays"});
  }

  void prepare(const PartSetup& setup) { memory.prepare(setup.dimension); }
  void apply(const Arrival& arrival, Update& update) {
    const auto k = static_cast<double>(std::max<Version>(1, arrival.version));
    newest = share * std::pow(k, -power);
    update.then(Pass::of(*this));
  }
  void run(const Block& block) {
    add_to_momentum({.keep = 1 - newest, .add = newest}, block, memory.at(block));
  }
  void state(Archive& archive) { archive(memory); }

  Memory memory = {};  ///< m
  double newest = 0;   ///< a_t of the update at hand
};
static_assert(Transform<RunningMean>);

}  // namespace tailrace::policy
