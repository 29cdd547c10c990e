#pragma once

#include "tailrace/policy/combine.hpp"
#include "tailrace/policy/combine/robust_fields.hpp"

namespace tailrace::policy {

/// Collects `size` updates and makes one step of the `select` of them that have the nearest
/// neighbors.
///
///     score_j  =  sum of the M - faulty - 2 (at least 1) smallest ||u_j - u_k||^2,  k != j
///     u        =  mean of the `select` members with the lowest scores
///
/// Faulty members far from the others score high; with select = 1 the step is one member as it was
/// sent (Krum), with more it is a mean (multi-Krum). Of equal scores the first in the order
/// (worker, job) wins.
///
///   size    integer  [updates]  M >= 1; members with a number that is not finite are left out.
///                               The paper's guarantee needs M > 2 faulty + 2
///   faulty  integer  [updates]  f, to be withstood
///   select  integer  [updates]  >= 1; at most M are taken
///
/// State   M vectors of the model's dimension.
/// Cost    M^2 / 2 distances a step.
/// Errors  none at run time; a step without a finite member is discarded.
/// Source  Blanchard et al.: Machine learning with adversaries, NeurIPS 2017, arXiv:1703.02757.
struct Krum {
  static constexpr std::string_view name = "krum";
  static constexpr std::string_view summary =
      "Steps by the updates that have the nearest neighbors among a number of updates.";
  static constexpr std::string_view formula =
      "score_j = sum of the M - faulty - 2 smallest ||u_j - u_k||^2;  mean of the lowest";
  static constexpr std::string_view source = "Blanchard et al., arXiv:1703.02757";
  static constexpr bool sliceable = true;

  std::uint64_t size = 1;
  std::uint64_t faulty = 1;
  std::uint64_t select = 1;

  static void fields(auto& self, auto&& field) {
    field("size", self.size, robust_size_field);
    field("faulty", self.faulty,
          Field{.unit = "updates", .max = 1e6, .doc = "f, to be withstood; M > 2 f + 2 is needed"});
    field("select", self.select,
          Field{.unit = "updates", .min = 1, .max = 1e6, .doc = "members that make the step"});
  }

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t /*workers*/) const { return size; }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const;
};

}  // namespace tailrace::policy
