#pragma once

#include <string_view>

#include "tailrace/core/distributions.hpp"
#include "tailrace/delay/model.hpp"

namespace tailrace::delay {

/// A gamma distributed time.
///
///     T = s_i * Gamma(shape) / shape,   mean s_i, standard deviation s_i / sqrt(shape)
///
/// Shape 1 is exponential; a whole shape k is k exponential stages in a row (Erlang).
///
///   shape  double  [1]  >= 0.001; larger is steadier
///
/// State   none.
/// Cost    O(1).
/// Errors  none.
/// Source  a standard model of service times; the parametrization is ours.
struct Gamma {
  static constexpr std::string_view name = "gamma";
  static constexpr std::string_view summary = "A gamma distributed time of mean s_i.";
  static constexpr std::string_view formula = "T = s_i Gamma(shape) / shape";
  static constexpr std::string_view source = "standard; the parametrization is ours";

  double shape = 2;

  static void fields(auto& self, auto&& field) {
    field("shape", self.shape,
          Field{.min = 1e-3, .max = 1e9, .doc = "larger is steadier; 1 is exponential"});
  }

  double draw(double mean, const StepName&, Stream& stream) const {
    return mean * standard_gamma(stream, shape) / shape;
  }
};
static_assert(DelayModel<Gamma>);

}  // namespace tailrace::delay
