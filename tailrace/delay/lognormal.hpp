#pragma once

#include <cmath>
#include <string_view>

#include "tailrace/core/distributions.hpp"
#include "tailrace/delay/model.hpp"

namespace tailrace::delay {

/// A time whose logarithm is normal.
///
///     T = s_i * exp(sigma Z - sigma^2 / 2),   Z ~ N(0, 1)
///
/// The mean is s_i, the median s_i * exp(-sigma^2 / 2). The mean is kept rather than the median, so
/// that runs with different sigma do the same work per second.
///
///   sigma  double  [1]  >= 0; standard deviation of log T, 0 is fixed
///
/// State   none.
/// Cost    O(1).
/// Errors  none.
/// Source  a standard model of service times; the parametrization is ours.
struct Lognormal {
  static constexpr std::string_view name = "lognormal";
  static constexpr std::string_view summary = "A time whose logarithm is normal, of mean s_i.";
  static constexpr std::string_view formula = "T = s_i exp(sigma Z - sigma^2 / 2),  Z ~ N(0, 1)";
  static constexpr std::string_view source = "standard; the parametrization is ours";

  double sigma = 0.5;

  static void fields(auto& self, auto&& field) {
    field("sigma", self.sigma,
          Field{.min = 0, .max = 10, .doc = "standard deviation of log time; 0 is fixed"});
  }

  double draw(double mean, const StepName&, Stream& stream) const {
    return mean * std::exp(sigma * standard_normal(stream) - 0.5 * sigma * sigma);
  }
};
static_assert(DelayModel<Lognormal>);

}  // namespace tailrace::delay
