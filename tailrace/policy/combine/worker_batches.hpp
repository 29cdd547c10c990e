#pragma once

#include "tailrace/policy/combine.hpp"

namespace tailrace::policy {

/// Collects a batch from every worker, until the harmonic mean of their sizes is large enough, then
/// makes one step of the mean of the workers' means.
///
///     collect until   ( (1/n) sum_i 1/B_i )^-1  >  total / n
///     x  <-  x - eta * (1/n) sum_i (1/B_i) sum_{j of worker i} u_j
///
/// All workers count the same whatever their speed, and the variance of the mean is what total
/// updates evenly spread would give. To be used on updates of the current model: with drop_stale 0
/// before it, or restarts.
///
///   total  integer  [updates]  S >= 0; 0 asks for one update from each worker and no more
///   B_i    integer  [updates]  from worker i since the last step
///
/// State   a sum of the model's dimension in double for every worker: 8 n bytes a coordinate.
/// Source  Tyurin, Richtarik: Malenia SGD, arXiv:2305.12387. total = 0 is what the code of
///         arXiv:2509.22860 runs under that name.
struct WorkerBatches {
  static constexpr std::string_view name = "worker_batches";
  static constexpr std::string_view summary =
      "Collects a batch from every worker, until the smallest are large enough.";
  static constexpr std::string_view formula =
      "until ((1/n) sum_i 1/B_i)^-1 > total / n;  x <- x - eta (1/n) sum_i (1/B_i) sum_j u_ij";
  static constexpr std::string_view source = "Tyurin, Richtarik, arXiv:2305.12387";
  static constexpr bool from_number = true;
  static constexpr bool sliceable = true;

  std::uint64_t total = 0;

  static void fields(auto& self, auto&& field) {
    field("total", self.total,
          Field{.unit = "updates",
                .max = 1e9,
                .doc = "S, to which a step's variance corresponds; 0: one from every worker"});
  }

  /// The fewest: the harmonic mean is at most the mean.
  [[nodiscard]] std::uint64_t waits_for(std::uint32_t workers) const {
    return total < workers ? workers : total + 1;
  }
  [[nodiscard]] std::uint64_t holds(std::uint32_t workers) const {
    return std::uint64_t{2} * workers;
  }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const;
};

}  // namespace tailrace::policy
