#pragma once

#include <vector>

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/error_feedback.hpp"
#include "tailrace/policy/transform/sparse_message.hpp"

namespace tailrace::policy {

/// Sends the largest coordinates only.
///
///     p = u + e_i;   u_j <- p_j for the k largest |p_j|, else 0;   e_i <- p - u,   k = share * dim
///
/// A hundredth of the coordinates often carries most of an update. Biased: what is small is never
/// sent without error feedback. It contracts, ||p - u||^2 <= (1 - k/dim) ||p||^2.
///
///   u               Update  (dim)  of equal sizes the first ones are kept
///   share           double  [1]    in (0, 1]; k is rounded up and at least 1
///   error_feedback  bool           e_i; false: e_i = 0
///
/// State   e_i: see ErrorFeedback.
/// Cost    a selection: about three passes over the update. Message: 32 bits a number, and places
///         as numbers of 32 bits or as a bit a coordinate, whichever is smaller.
/// Errors  method/needs-job outside `send` and `each`. NaN counts as largest: it is sent and shows.
/// Source  Aji, Heafield: Sparse communication for distributed gradient descent, EMNLP 2017,
///         arXiv:1704.05021; Stich, Cordonnier, Jaggi: Sparsified SGD with memory, NeurIPS 2018,
///         arXiv:1809.07599.
struct TopK {
  static constexpr std::string_view name = "top_k";
  static constexpr std::string_view summary = "Sends the largest coordinates only.";
  static constexpr std::string_view formula =
      "p = u + e_i;  u_j <- p_j for the share of largest |p_j|, else 0;  e_i <- p - u";
  static constexpr std::string_view source = "Stich, Cordonnier, Jaggi, arXiv:1809.07599";
  static constexpr bool from_number = true;
  static constexpr bool needs_job = true;
  static constexpr bool on_worker = true;
  static constexpr Law laws = Law::odd;

  double share = 0.01;
  bool error_feedback = true;

  static void fields(auto& self, auto&& field) {
    field("share", self.share, share_field);
    field("error_feedback", self.error_feedback, error_feedback_field);
  }

  void prepare(const PartSetup& setup) { feedback.prepare(setup, error_feedback); }
  void apply(const Arrival& arrival, Update& update);
  void pack(Message& message) const;
  void forget(WorkerId worker) { feedback.forget(worker); }
  void state(Archive& archive) { feedback.state(archive); }

  ErrorFeedback feedback = {};
  std::vector<std::uint32_t> sizes = {};  ///< scratch of the update at hand
};
static_assert(Transform<TopK>);

}  // namespace tailrace::policy
