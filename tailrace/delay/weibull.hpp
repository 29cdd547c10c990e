#pragma once

#include <cmath>
#include <string_view>

#include "tailrace/core/distributions.hpp"
#include "tailrace/delay/model.hpp"

namespace tailrace::delay {

/// A Weibull distributed time.
///
///     T = s_i * W / Gamma(1 + 1 / shape),   Pr[W > w] = exp(-w^shape); mean s_i
///
/// Below shape 1 the tail is heavier than exponential: the longer a job has run, the longer it will
/// still run.
///
///   shape  double  [1]  >= 0.1; smaller is heavier, 1 is exponential
///
/// State   none.
/// Cost    O(1).
/// Errors  none.
/// Source  a standard model of service times; the parametrization is ours.
struct Weibull {
  static constexpr std::string_view name = "weibull";
  static constexpr std::string_view summary = "A Weibull distributed time of mean s_i.";
  static constexpr std::string_view formula =
      "T = s_i W / Gamma(1 + 1 / shape),  Pr[W > w] = exp(-w^shape)";
  static constexpr std::string_view source = "standard; the parametrization is ours";

  double shape = 0.7;

  static void fields(auto& self, auto&& field) {
    field("shape", self.shape,
          Field{.min = 0.1, .max = 1e3, .doc = "smaller has a heavier tail; 1 is exponential"});
  }

  struct Scaled {
    double shape;
    double factor;  ///< 1 / mean of the standard law

    double draw(double mean, const StepName&, Stream& stream) const {
      return mean * factor * standard_weibull(stream, shape);
    }
  };
  Result<Scaled> prepare(const ModelSetup&) const {
    return Scaled{shape, 1 / std::tgamma(1 + 1 / shape)};
  }
};
static_assert(DelayModel<Weibull>);

}  // namespace tailrace::delay
