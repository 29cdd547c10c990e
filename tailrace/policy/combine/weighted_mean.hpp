#pragma once

#include "tailrace/policy/combine.hpp"
#include "tailrace/policy/transform/staleness_rule.hpp"

namespace tailrace::policy {

/// Collects `size` updates and makes one step of their weighted mean.
///
///     x  <-  x - eta * sum_j w_j u_j / sum_j w_j,      w_j = share_{i(j)} * s(tau_j)
///
/// Weights are relative to the other members, so a step stays as long as an update however small
/// the weights are: a buffer of stragglers alone steps in full. scale_by_staleness and
/// scale_by_examples weigh absolutely instead.
///
///   size       integer        [updates]  M; 1 is at_once, to the bit; 0: one from every worker
///   examples   bool                      share_i is worker i's share of all samples, where the
///                                        problem says so; false: all count the same
///   staleness  StalenessRule             s; constant is off
///
/// State   M vectors of the model's dimension.
/// Errors  none at run time; a step whose weights are all 0 is discarded.
/// Source  examples: McMahan et al., arXiv:1602.05629, whose mean runs over the clients of a round.
///         staleness: ours, after FedBuff, arXiv:2106.06639, which does not normalize.
struct WeightedMean {
  static constexpr std::string_view name = "weighted_mean";
  static constexpr std::string_view summary =
      "Collects a number of updates and makes one step of their weighted mean.";
  static constexpr std::string_view formula =
      "x <- x - eta sum_j w_j u_j / sum_j w_j,  w_j = share_i s(tau_j)";
  static constexpr std::string_view source =
      "McMahan et al., arXiv:1602.05629; normalized staleness: ours";
  static constexpr bool sliceable = true;

  std::uint64_t size = 1;
  bool examples = true;
  StalenessRule staleness = ConstantWeight{};

  static void fields(auto& self, auto&& field) {
    field("size", self.size,
          Field{.unit = "updates", .max = 1e9, .doc = "updates in one step; 0: one a worker"});
    field("examples", self.examples, Field{.doc = "workers with more samples count more"});
    field("staleness", self.staleness, Field{.doc = "s: how weights fall with staleness"});
  }

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t workers) const {
    return size == 0 ? workers : size;
  }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const;
};

}  // namespace tailrace::policy
