#pragma once

#include <cmath>
#include <string_view>

#include "tailrace/core/distributions.hpp"
#include "tailrace/delay/model.hpp"

namespace tailrace::delay {

/// A fixed time plus half-normal jitter.
///
///     T = s_i + |N(0, d_i^2)|,   d_i = scale, or scale * (i + 1) with scale_by_worker
///
/// Late, never early. The mean is s_i + 0.798 d_i.
///
///   scale            double  [s]  >= 0; standard deviation before folding, 0 is fixed
///   scale_by_worker  bool         worker i = 0, 1, ... jitters (i + 1) times as much
///
/// State   none.
/// Cost    O(1).
/// Errors  none.
/// Source  Maranjyan, Tyurin, Richtarik: Ringmaster ASGD, arXiv:2501.16168, whose experiments add
///         |N(0, i + 1)| with standard deviation i + 1 to 1 + sqrt(i): scale_by_worker with
///         square_root speeds.
struct HalfNormal {
  static constexpr std::string_view name = "half_normal";
  static constexpr std::string_view summary = "A fixed time plus half-normal jitter.";
  static constexpr std::string_view formula =
      "T = s_i + |N(0, d_i^2)|,  d_i = scale or scale (i + 1)";
  static constexpr std::string_view source =
      "Maranjyan, Tyurin, Richtarik: Ringmaster ASGD, arXiv:2501.16168";

  double scale = 1;
  bool scale_by_worker = false;

  static void fields(auto& self, auto&& field) {
    field("scale", self.scale,
          Field{.unit = "s",
                .min = 0,
                .max = 1e9,
                .doc = "standard deviation before folding; 0 is fixed"});
    field("scale_by_worker", self.scale_by_worker,
          Field{.doc = "worker i = 0, 1, ... jitters (i + 1) times as much"});
  }

  double draw(double mean, const StepName& step, Stream& stream) const {
    const double deviation = scale_by_worker ? scale * (step.worker + 1.0) : scale;
    return mean + std::fabs(deviation * standard_normal(stream));
  }
};
static_assert(DelayModel<HalfNormal>);

}  // namespace tailrace::delay
