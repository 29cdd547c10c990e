#pragma once

#include "tailrace/policy/combine.hpp"
#include "tailrace/policy/combine/robust_fields.hpp"

namespace tailrace::policy {

/// Collects `size` updates and makes one step of their geometric median: the point whose distances
/// to all members add up to the least.
///
///     u  <-  sum_j w_j u_j / sum_j w_j,   w_j = 1 / max(smoothing, ||u - u_j||),   again and again
///
/// Fewer than half of the members can pull it no further than the others' spread, however far away
/// they are. Unlike a median of every coordinate it does not depend on the axes.
///
///   size        integer  [updates]     M >= 1; members with a number that is not finite are left
///                                      out
///   smoothing   double   [norm of u]   > 0; nearer members do not count more than at this distance
///   iterations  integer  [iterations]  >= 1; at most
///   tolerance   double   [1]           >= 0; stops when no weight changes by a larger share
///
/// State   M vectors of the model's dimension.
/// Cost    M^2 products of the model's dimension a step; iterations touch M^2 numbers each.
/// Errors  none at run time; a step without a finite member is discarded.
/// Source  Pillutla, Kakade, Harchaoui: Robust aggregation for federated learning,
///         arXiv:1912.13445 (smoothed Weiszfeld). We start around the member nearest to the others,
///         so that one far away has no say from the beginning, and iterate to a tolerance.
struct GeometricMedian {
  static constexpr std::string_view name = "geometric_median";
  static constexpr std::string_view summary =
      "Steps by the point with the least sum of distances to a number of updates.";
  static constexpr std::string_view formula =
      "u = argmin_v sum_j ||v - u_j||, by w_j = 1 / max(smoothing, ||u - u_j||)";
  static constexpr std::string_view source = "Pillutla, Kakade, Harchaoui, arXiv:1912.13445";
  static constexpr bool sliceable = true;

  std::uint64_t size = 1;
  double smoothing = 1e-6;
  std::uint32_t iterations = 100;
  double tolerance = 1e-8;

  static void fields(auto& self, auto&& field) {
    field("size", self.size, robust_size_field);
    field("smoothing", self.smoothing,
          Field{.unit = "norm of u",
                .min = 0,
                .max = 1e30,
                .above_min = true,
                .doc = "nearer members do not count more than at this distance"});
    field("iterations", self.iterations,
          Field{.unit = "iterations", .min = 1, .max = 1e6, .doc = "at most"});
    field("tolerance", self.tolerance,
          Field{.min = 0, .max = 1, .doc = "stops when no weight changes by a larger share"});
  }

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t /*workers*/) const { return size; }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const;
};

}  // namespace tailrace::policy
