#pragma once

#include "tailrace/policy/combine.hpp"
#include "tailrace/policy/combine/robust_fields.hpp"

namespace tailrace::policy {

/// Collects `size` updates and moves from the step before towards each of them, but by no more than
/// a threshold.
///
///     v  <-  v + (1/M) sum_j (u_j - v) min(1, threshold / ||u_j - v||),   `iterations` times
///     u  =   v,  which starts the next step
///
/// A faulty member moves a step by at most threshold / M. The step before is what knows where the
/// others are: on updates that change much from step to step, put momentum on the workers.
///
///   size        integer  [updates]     M >= 1; members with a number that is not finite are left
///                                      out
///   threshold   double   [norm of u]   > 0; inf is the plain mean, to the bit
///   iterations  integer  [iterations]  >= 1
///   v           Real (dim)             units of u; 0 before the first step
///
/// State   M + 1 vectors of the model's dimension.
/// Cost    M distances a step; M^2 products for more than one iteration.
/// Errors  none at run time; a step without a finite member is discarded, and v stays.
/// Source  Karimireddy, He, Jaggi: Learning from history for Byzantine robust optimization,
///         ICML 2021, arXiv:2012.10333.
struct CenteredClipping {
  static constexpr std::string_view name = "centered_clipping";
  static constexpr std::string_view summary =
      "Moves from the step before towards each of a number of updates, but not far.";
  static constexpr std::string_view formula =
      "v <- v + (1/M) sum_j (u_j - v) min(1, threshold / ||u_j - v||);  u = v";
  static constexpr std::string_view source = "Karimireddy, He, Jaggi, arXiv:2012.10333";
  static constexpr bool sliceable = true;

  std::uint64_t size = 1;
  double threshold = 10;
  std::uint32_t iterations = 1;

  static void fields(auto& self, auto&& field) {
    field("size", self.size, robust_size_field);
    field("threshold", self.threshold,
          Field{.unit = "norm of u",
                .min = 0,
                .above_min = true,
                .doc = "how far one member pulls, times M; inf never clips"});
    field("iterations", self.iterations,
          Field{.unit = "iterations", .min = 1, .max = 1e6, .doc = "of the same step"});
  }

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t /*workers*/) const { return size; }
  [[nodiscard]] std::uint64_t holds(std::uint32_t /*workers*/) const { return size + 1; }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const;
};

}  // namespace tailrace::policy
