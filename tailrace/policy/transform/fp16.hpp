#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/error_feedback.hpp"

namespace tailrace::policy {

/// Sends every coordinate as an IEEE half, 16 bits.
///
///     p = u + e_i;   u_j  <-  half(2^s p_j) / 2^s,   s = 14 - floor(log2(max_j |p_j|));
///     e_i  <-  p - u
///
/// A half ends at 65504 and has 6e-8 as its smallest number, which updates of small gradients fall
/// below and those with heavy tails rise above. A power of two for each message, which costs no
/// digit, brings its largest coordinate to 2^14..2^15: nothing overflows, and what is up to 2^28
/// times smaller keeps all of its 11 digits.
///
///   u               Update  (dim)  rounded to nearest, ties to even; 2^s is left to its factor
///   error_feedback  bool    see ErrorFeedback; off by default: an error is below 2^-11 of its
///                           coordinate, or 2^-39 of the largest
///
/// State   e_i if error_feedback.
/// Cost    three passes. Message: 16 bits a number, 32 for the scale.
/// Errors  method/needs-job outside `send` and `each`. NaN and infinity stay: they show.
/// Source  Micikevicius et al.: Mixed precision training, ICLR 2018, arXiv:1710.03740 (there one
///         scale for a whole training); a scale for each message is ours.
struct Fp16 {
  static constexpr std::string_view name = "fp16";
  static constexpr std::string_view summary =
      "Sends every coordinate as a half, scaled by a power of two.";
  static constexpr std::string_view formula =
      "p = u + e_i;  u_j <- half(2^s p_j) / 2^s,  s = 14 - floor(log2 max |p_j|);  e_i <- p - u";
  static constexpr std::string_view source =
      "Micikevicius et al., arXiv:1710.03740; a scale for each message is ours";
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
static_assert(Transform<Fp16>);

}  // namespace tailrace::policy
