#pragma once

#include "tailrace/policy/combine.hpp"

namespace tailrace::policy {

/// Steps by the mean over all workers of what each has sent lately, in rounds in which every worker
/// takes exactly one turn.
///
///     collect   no step until every worker has sent at least one update
///     turns     n steps  x <- x - eta * (1/n) sum_i (mean of what worker i sent):
///               the first with the last worker to send, then one with each worker that has not
///               had its turn, whose update is added first; what others send meanwhile is for the
///               next round
///
/// No worker is favored, however fast, nothing is thrown away, and no update in use is older than
/// 2n - 2 steps.
///
/// State   two sums of the model's dimension in double for every worker: 16 n bytes a coordinate.
/// Cost    a sum over n vectors a step.
/// Source  Maranjyan, Richtarik: Ringleader ASGD, arXiv:2509.22860.
struct Turns {
  static constexpr std::string_view name = "turns";
  static constexpr std::string_view summary =
      "Steps by the mean of all workers' latest means; each worker takes one turn a round.";
  static constexpr std::string_view formula =
      "x <- x - eta (1/n) sum_i (1/B_i) sum_j u_ij, n times a round, tau <= 2n - 2";
  static constexpr std::string_view source = "Maranjyan, Richtarik, arXiv:2509.22860";
  static constexpr bool sliceable = true;
  static void fields(auto& /*self*/, auto&& /*field*/) {}

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t workers) const { return workers; }
  [[nodiscard]] std::uint64_t holds(std::uint32_t workers) const {
    return std::uint64_t{4} * workers;
  }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const;
};

}  // namespace tailrace::policy
