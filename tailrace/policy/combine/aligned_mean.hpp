#pragma once

#include "tailrace/policy/combine.hpp"

namespace tailrace::policy {

/// Collects `size` updates and makes one step of their mean, weighted by how well each agrees with
/// where the model is going and how fresh it is.
///
///     w_j  =  share_{i(j)} * (alignment * (1 + cos_j) / 2  +  freshness * bound / (tau_j + bound))
///     cos_j = cos(x_now - x_previous, -u_j),  1 for an update of the current model
///     x  <-  x - eta * sum_j w_j u_j / sum_j w_j
///
///   size       integer  [updates]  M >= 1; M = 1 is at_once, to the bit
///   bound      double   [steps]    > 0; a tau at which freshness is 1/2
///   alignment  double   [1]        >= 0; weight of the cosine
///   freshness  double   [1]        >= 0; weight of the age
///   cos_j                          0 where one of the two vectors is 0 or not finite; 1 before the
///                                  first step
///
/// State   M + 2 vectors of the model's dimension: the model before the step, and the last step.
/// Cost    one dot product an arrival; one copy of the model a step.
/// Errors  none at run time; a step whose weights are all 0 is discarded.
/// Source  Su, Li: How asynchronous can federated learning be? (PORT), IWQoS 2022, as Plato has it.
struct AlignedMean {
  static constexpr std::string_view name = "aligned_mean";
  static constexpr std::string_view summary =
      "A weighted mean of updates: fresh ones that agree with the last step count more.";
  static constexpr std::string_view formula =
      "w_j = share_i (alignment (1 + cos(x - x_before, -u_j)) / 2 + freshness bound / (tau_j + "
      "bound))";
  static constexpr std::string_view source = "Su, Li: PORT, IWQoS 2022, as in the library Plato";
  static constexpr bool sliceable = true;

  std::uint64_t size = 1;
  double bound = 10;
  double alignment = 1;
  double freshness = 1;

  static void fields(auto& self, auto&& field) {
    field("size", self.size,
          Field{.unit = "updates", .min = 1, .max = 1e9, .doc = "updates in one step"});
    field("bound", self.bound,
          Field{.unit = "steps",
                .min = 0,
                .max = 1e9,
                .above_min = true,
                .doc = "staleness at which freshness is one half"});
    field("alignment", self.alignment,
          Field{.min = 0, .max = 1e9, .doc = "weight of the agreement with the last step"});
    field("freshness", self.freshness, Field{.min = 0, .max = 1e9, .doc = "weight of the age"});
  }

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t /*workers*/) const { return size; }
  [[nodiscard]] std::uint64_t holds(std::uint32_t /*workers*/) const { return size + 2; }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const;
};

}  // namespace tailrace::policy
