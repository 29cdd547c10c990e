#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/error_feedback.hpp"

namespace tailrace::policy {

/// Sends every coordinate's sign, and their mean size.
///
///     p = u + e_i;        u_j <- sign(p_j) * ||p||_1 / dim;        e_i <- p - u
///
/// One bit a coordinate. Biased; it contracts by what the coordinates are alike in size: ||p -
/// u||^2 = (1 - ||p||_1^2 / (dim ||p||^2)) ||p||^2, so with heavy-tailed coordinates by little.
///
///   u               Update  (dim)  a coordinate that is 0 is sent with its sign bit, +0 as +
///   error_feedback  bool           e_i; false: e_i = 0
///
/// State   e_i: see ErrorFeedback.
/// Cost    two passes. Message: 1 bit a number, and 32.
/// Errors  method/needs-job outside `send` and `each`. An infinite or NaN coordinate shows in all.
/// Source  Karimireddy, Rebjock, Stich, Jaggi: Error feedback fixes SignSGD, ICML 2019,
///         arXiv:1901.09847 (EF-signSGD).
struct Sign {
  static constexpr std::string_view name = "sign";
  static constexpr std::string_view summary = "Sends every coordinate's sign and their mean size.";
  static constexpr std::string_view formula =
      "p = u + e_i;  u_j <- sign(p_j) ||p||_1 / dim;  e_i <- p - u";
  static constexpr std::string_view source = "Karimireddy, Rebjock, Stich, Jaggi, arXiv:1901.09847";
  static constexpr bool needs_job = true;
  static constexpr bool on_worker = true;
  static constexpr Law laws = Law::odd;

  bool error_feedback = true;

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
static_assert(Transform<Sign>);

}  // namespace tailrace::policy
