#pragma once

#include <span>

#include "tailrace/policy/transform.hpp"

namespace tailrace::policy {

/// Weighs an update by its worker's number of samples.
///
///     u  <-  n * share_i * u
///
/// share_i is worker i's share of all samples; n * share_i is 1 on average, so that step sizes keep
/// their meaning. A buffer's mean is then absolute: workers with few samples make short steps, also
/// among themselves. weighted_mean weighs relative to the buffer instead.
///
///   u        Update  (dim)  only its pending factor changes
///   share_i  double  [1]    as the problem says; 1/n each where it says nothing
///
/// State   none.
/// Cost    O(1).
/// Errors  none.
/// Source  the example weights of FLSim, the public code of FedBuff, arXiv:2106.06639: samples of
///         the client divided by the mean over clients.
struct ScaleByExamples {
  static constexpr std::string_view name = "scale_by_examples";
  static constexpr std::string_view summary = "Weighs an update by its worker's samples.";
  static constexpr std::string_view formula = "u <- n share_i u";
  static constexpr std::string_view source = "FLSim, the code of Nguyen et al., arXiv:2106.06639";
  static constexpr bool on_worker = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::keeps_direction | Law::keeps_zero | Law::odd | Law::stateless;
  static constexpr bool needs_job = true;

  static void fields(auto& /*self*/, auto&& /*field*/) {}

  void prepare(const PartSetup& setup) {
    shares = setup.shares;
    workers = setup.workers;
  }
  void apply(const Arrival& arrival, Update& update) const {
    if (!shares.empty()) update.scale(workers * shares[arrival.worker]);
  }

  std::span<const double> shares = {};  ///< (n) of all samples
  double workers = 1;                   ///< n
};
static_assert(Transform<ScaleByExamples>);

}  // namespace tailrace::policy
