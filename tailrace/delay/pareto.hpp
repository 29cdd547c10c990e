#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "tailrace/core/distributions.hpp"
#include "tailrace/delay/model.hpp"

namespace tailrace::delay {

/// A heavy-tailed time.
///
///     T = s_i * c * X,   Pr[X > x] = x^(-tail_index) for x >= 1
///
/// with c such that s_i is the mean, the median or the minimum of T. Below a tail index of 2 the
/// variance is infinite; at 1 and below so is the mean, and "mean" is refused.
///
///   tail_index  double  [1]  >= 0.05; smaller is heavier
///   scaled_to   enum         what s_i is: mean c = (tail_index - 1) / tail_index,
///                            median c = 2^(-1 / tail_index), minimum c = 1
///
/// State   none.
/// Cost    O(1).
/// Errors  scaled_to = "mean" with tail_index <= 1 is refused when the run is set up.
/// Source  the federated learning framework Plato pauses clients for Pareto times of tail index 1;
///         the scaling is ours.
struct Pareto {
  static constexpr std::string_view name = "pareto";
  static constexpr std::string_view summary = "A heavy-tailed time.";
  static constexpr std::string_view formula =
      "T = s_i c X,  Pr[X > x] = x^(-tail_index) for x >= 1";
  static constexpr std::string_view source =
      "Plato, a framework for federated learning; the scaling is ours";

  enum class Scale { mean, median, minimum };

  double tail_index = 1.5;
  Scale scaled_to = Scale::mean;

  static void fields(auto& self, auto&& field) {
    field("tail_index", self.tail_index,
          Field{.min = 0.05,
                .max = 1e9,
                .doc = "smaller has a heavier tail; the mean is infinite at 1 and below"});
    field("scaled_to", self.scaled_to,
          Field{.doc = "what s_i is of the time: its mean, median or minimum"});
  }

  struct Scaled {
    double tail_index;
    double factor;

    double draw(double mean, const StepName&, Stream& stream) const {
      return mean * factor * standard_pareto(stream, tail_index);
    }
  };
  Result<Scaled> prepare(const ModelSetup&) const;
};

}  // namespace tailrace::delay

template <>
struct tailrace::EnumNames<tailrace::delay::Pareto::Scale> {
  using enum delay::Pareto::Scale;
  static constexpr std::array values = {std::pair{"mean", mean}, std::pair{"median", median},
                                        std::pair{"minimum", minimum}};
};

static_assert(tailrace::delay::DelayModel<tailrace::delay::Pareto>);
