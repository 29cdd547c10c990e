#pragma once

#include "tailrace/policy/combine.hpp"

namespace tailrace::policy {

/// Collects `size` updates and corrects their mean by what the other workers sent last, so that a
/// step points where all n workers would go, not only the fast ones.
///
///     v    =  h + (1/M) sum_{j in buffer} (u_j - h_{i(j)}),      h = (1/n) sum_i h_i
///     x   <-  x - eta * v;      h_i <- u_j for every worker in the buffer
///
/// h_i is worker i's latest update, 0 before its first. All differences are to the cache as it was
/// before the step; of a worker that is in the buffer twice, the later job stays. When each of n
/// workers is in a buffer of n, the cache cancels: the mean, to the bit.
///
///   size   integer  [updates]  M >= 1
///   h_i    Real (n, dim)       units of u
///
/// State   n + M vectors of the model's dimension.
/// Cost    a sum of at most n + M vectors a step, in the same sweep as the model update.
/// Source  Wang et al.: Tackling the data heterogeneity in asynchronous federated learning with
///         cached update calibration (CA2FL), ICLR 2024; our rule for a worker that comes twice.
struct CalibratedBuffer {
  static constexpr std::string_view name = "calibrated_buffer";
  static constexpr std::string_view summary =
      "A buffer whose mean is corrected by what the other workers sent last.";
  static constexpr std::string_view formula =
      "v = h + (1/M) sum_j (u_j - h_i),  h = (1/n) sum_i h_i,  h_i the latest update of worker i";
  static constexpr std::string_view source = "Wang et al.: CA2FL, ICLR 2024";
  static constexpr bool from_number = true;
  static constexpr bool sliceable = true;

  std::uint64_t size = 1;

  static void fields(auto& self, auto&& field) {
    field("size", self.size,
          Field{.unit = "updates", .min = 1, .max = 1e9, .doc = "updates in one step"});
  }

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t /*workers*/) const { return size; }
  [[nodiscard]] std::uint64_t holds(std::uint32_t workers) const { return size + workers; }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const;
};

}  // namespace tailrace::policy
