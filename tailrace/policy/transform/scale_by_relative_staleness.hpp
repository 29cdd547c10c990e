#pragma once

#include <cmath>
#include <cstdint>

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/staleness_rule.hpp"

namespace tailrace::policy {

/// Weighs an update by its staleness, beside what is usual: fresher than usual counts more than 1.
///
///     u  <-  s(tau) / s(usual) * u
///
/// A method with many jobs in flight then steps as long as one with few: only differences in
/// staleness matter, not its level.
///
///   u       Update         (dim)    only its pending factor changes
///   tau     integer        [steps]  staleness of this update
///   rule    StalenessRule           s; polynomial with exponent 1/2 by default
///   usual   double         [steps]  0: the mean over all updates up to this one; rounded to
///                                   a whole number of steps
///
/// State   the sum and the number of all tau.
/// Cost    O(1).
/// Errors  none at run time; where s(usual) is 0 the update is discarded.
/// Source  FLSim, the public code of FedBuff, arXiv:2106.06639, with a given average; the measured
///         one is ours.
struct ScaleByRelativeStaleness {
  static constexpr std::string_view name = "scale_by_relative_staleness";
  static constexpr std::string_view summary =
      "Weighs an update by its staleness beside the usual one.";
  static constexpr std::string_view formula = "u <- s(tau) / s(usual) u";
  static constexpr std::string_view source =
      "FLSim, the code of Nguyen et al., arXiv:2106.06639; measured usual: ours";
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::keeps_direction | Law::keeps_zero;
  static constexpr bool needs_job = true;  // means are over single updates

  StalenessRule rule = PolynomialWeight{};
  double usual = 0;

  static void fields(auto& self, auto&& field) {
    field("rule", self.rule, Field{.doc = "s: how the weight falls with staleness"});
    field("usual", self.usual,
          Field{.unit = "steps",
                .min = 0,
                .max = 1e9,
                .doc = "staleness of weight 1; 0: the mean so far"});
  }

  void prepare(const PartSetup& /*setup*/) {
    sum = 0;
    count = 0;
  }
  void apply(const Arrival& arrival, Update& update) {
    sum += static_cast<double>(arrival.staleness);
    ++count;
    const double mean = usual > 0 ? usual : sum / static_cast<double>(count);
    const double of_usual = at(arrival, static_cast<std::uint64_t>(std::llround(mean)));
    if (of_usual == 0) return update.discard();
    update.scale(at(arrival, arrival.staleness) / of_usual);
  }
  void state(Archive& archive) { archive(sum, count); }

  double sum = 0;           ///< of all tau [steps]
  std::uint64_t count = 0;  ///< updates

 private:
  [[nodiscard]] double at(const Arrival& arrival, std::uint64_t staleness) const {
    return weight_at(
        rule,
        {.staleness = staleness, .workers = arrival.workers, .concurrency = arrival.concurrency});
  }
};
static_assert(Transform<ScaleByRelativeStaleness>);

}  // namespace tailrace::policy
