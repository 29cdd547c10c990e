#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/error_feedback.hpp"

namespace tailrace::policy {

/// Sends the upper half of every coordinate's bits: a bfloat16.
///
///     p = u + e_i;   u_j  <-  p_j with 8 digits of 24;   e_i  <-  p - u
///
/// Its range is a float's, so that heavy tails and tiny gradients need no scale; of its digits a
/// third is left.
///
///   u               Update  (dim)  rounded to nearest, ties to even; what would round to infinity
///                           becomes the largest finite number
///   error_feedback  bool    see ErrorFeedback; off by default: an error is at most 2^-8 of its
///                           coordinate, which is far below a gradient's noise
///
/// State   e_i if error_feedback.
/// Cost    one pass. Message: 16 bits a number.
/// Errors  method/needs-job outside `send` and `each`. NaN and infinity stay: they show.
/// Source  Kalamkar et al.: A study of bfloat16 for deep learning training, arXiv:1905.12322.
struct Bf16 {
  static constexpr std::string_view name = "bf16";
  static constexpr std::string_view summary = "Sends the upper 16 bits of every coordinate.";
  static constexpr std::string_view formula =
      "p = u + e_i;  u_j <- p_j with 8 digits of 24;  e_i <- p - u";
  static constexpr std::string_view source = "Kalamkar et al., arXiv:1905.12322";
  static constexpr bool needs_job = true;
  static constexpr bool on_worker = true;
  static constexpr Law laws = Law::keeps_zero | Law::keeps_alive | Law::odd;

  bool error_feedback = false;

  static void fields(auto& self, auto&& field) {
    field("error_feedback", self.error_feedback, error_feedback_field);
  }

  void prepare(const PartSetup& setup) { feedback.prepare(setup, error_feedback); }
  void apply(const Arrival& arrival, Update& update);
  void pack(Message& message) const;
  void forget(WorkerId worker) { feedback.forget(worker); }
  void state(Archive& archive) { feedback.state(archive); }

  ErrorFeedback feedback = {};
};
static_assert(Transform<Bf16>);

}  // namespace tailrace::policy
