#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/error_feedback.hpp"

namespace tailrace::policy {

/// Sends every coordinate as a power of two, rounded at random.
///
///     2^a <= |u_j| < 2^(a+1):    u_j <- sign(u_j) * 2^(a+1) with probability |u_j| / 2^a - 1,
///                                       sign(u_j) * 2^a otherwise;          0 stays 0
///
/// Unbiased; its variance is at most ||u||^2 / 8. Sign and exponent are 9 bits, and small
/// coordinates keep their relative precision next to huge ones, which suits heavy tails.
///
///   u               Update  (dim)  above 2^127 it is rounded down, as a float ends there
///   error_feedback  bool           see ErrorFeedback; off by default, as it is unbiased
///
/// State   e_i if error_feedback.
/// Cost    one pass and a random number a coordinate. Message: 9 bits a number.
/// Errors  method/needs-job outside `send` and `each`. Infinity and NaN stay: they show.
/// Source  Horvath, Ho, Horvath, Sahu, Canini, Richtarik: Natural compression for distributed deep
///         learning, MSML 2022, arXiv:1905.10988.
struct Natural {
  static constexpr std::string_view name = "natural";
  static constexpr std::string_view summary =
      "Sends every coordinate as a power of two, rounded at random.";
  static constexpr std::string_view formula =
      "u_j <- sign(u_j) 2^(a+1) with probability |u_j|/2^a - 1, else sign(u_j) 2^a;  "
      "2^a <= |u_j| < 2^(a+1)";
  static constexpr std::string_view source = "Horvath et al., arXiv:1905.10988";
  static constexpr bool needs_job = true;
  static constexpr bool on_worker = true;
  static constexpr Law laws = Law::odd;

  bool error_feedback = false;

  static void fields(auto& self, auto&& field) {
    field("error_feedback", self.error_feedback, error_feedback_field);
  }

  void prepare(const PartSetup& setup) {
    feedback.prepare(setup, error_feedback);
    key = setup.stream_key();
  }
  void apply(const Arrival& arrival, Update& update);
  void pack(Message& message) const;
  void forget(WorkerId worker) { feedback.forget(worker); }
  void state(Archive& archive) { feedback.state(archive); }

  ErrorFeedback feedback = {};
  std::uint64_t key = 0;
};
static_assert(Transform<Natural>);

}  // namespace tailrace::policy
