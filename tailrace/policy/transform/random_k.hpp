#pragma once

#include <vector>

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/error_feedback.hpp"
#include "tailrace/policy/transform/sparse_message.hpp"
#include "tailrace/problem/distinct_sampler.hpp"

namespace tailrace::policy {

/// Sends coordinates drawn at random.
///
///     without error feedback   u_j <- (dim/k) u_j if j was drawn, else 0        unbiased
///     with it                  p = u + e_i;  u_j <- p_j if j was drawn, else 0;  e_i <- p - u
///
/// Every choice of k = share * dim coordinates is equally likely, anew for every job. Unbiased, its
/// variance is (dim/k - 1) ||u||^2; as it stands with feedback it contracts in the mean, E ||p -
/// u||^2 = (1 - k/dim) ||p||^2. Server and worker draw the same coordinates from the same key, so
/// places need not be sent.
///
///   u               Update  (dim)
///   share           double  [1]    in (0, 1]; k is rounded up and at least 1
///   error_feedback  bool           false: scaled up and unbiased
///
/// State   e_i: see ErrorFeedback.
/// Cost    k random numbers, one pass; 4 bytes a coordinate for drawing. Message: 32 bits for each
///         of k numbers.
/// Errors  method/needs-job outside `send` and `each`.
/// Source  Konecny et al.: Federated learning: strategies for improving communication efficiency,
///         arXiv:1610.05492 ("random mask", "subsampling"); with memory: Stich, Cordonnier, Jaggi,
///         arXiv:1809.07599.
struct RandomK {
  static constexpr std::string_view name = "random_k";
  static constexpr std::string_view summary = "Sends coordinates drawn at random, scaled up.";
  static constexpr std::string_view formula =
      "u_j <- u_j / share if j was drawn, else 0;  with error feedback p = u + e_i unscaled";
  static constexpr std::string_view source =
      "Konecny et al., arXiv:1610.05492; Stich, Cordonnier, Jaggi, arXiv:1809.07599";
  static constexpr bool from_number = true;
  static constexpr bool needs_job = true;
  static constexpr bool on_worker = true;
  static constexpr Law laws = Law::odd;

  double share = 0.1;
  bool error_feedback = false;

  static void fields(auto& self, auto&& field) {
    field("share", self.share, share_field);
    field("error_feedback", self.error_feedback, error_feedback_field);
  }

  void prepare(const PartSetup& setup);
  void apply(const Arrival& arrival, Update& update);
  void pack(Message& message) const;
  void forget(WorkerId worker) { feedback.forget(worker); }
  void state(Archive& archive) { feedback.state(archive); }

  ErrorFeedback feedback = {};
  std::uint64_t key = 0;
  problem::DistinctSampler sampler = problem::DistinctSampler(0);
  std::vector<std::uint32_t> chosen = {};  ///< coordinates of the update at hand
  std::vector<Real> kept = {};             ///< their values
};
static_assert(Transform<RandomK>);

}  // namespace tailrace::policy
