#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/error_feedback.hpp"

namespace tailrace::policy {

/// Sends every coordinate as a whole number from -127 to 127, rounded at random.
///
///     s = max over the block of |u_j|;   q_j = floor(127 |u_j| / s + U_j),  U_j uniform on (0, 1)
///     u_j  <-  sign(u_j) * s * q_j / 127
///
/// Unbiased: what is rounded down now is rounded up as often as it takes. A block has a scale of
/// its own, so that one huge coordinate, of which heavy-tailed noise has many, spoils its block's
/// resolution and not the whole update's. The error of a coordinate is below s / 127.
///
///   u               Update  (dim)
///   block           [coordinates]  1 to 16000; there it still contracts with error feedback:
///                                  ||p - u||^2 <= block / 127^2 ||p||^2
///   error_feedback  bool    see ErrorFeedback; off by default, as it is unbiased
///
/// State   e_i if error_feedback.
/// Cost    two passes and a random number a coordinate. Message: 8 bits a number, 32 a block.
/// Errors  method/needs-job outside `send` and `each`. A block with an infinite coordinate becomes
///         NaN: the run reports divergence.
/// Source  Alistarh et al.: QSGD, NeurIPS 2017, arXiv:1610.02132, with the largest coordinate as
///         scale and blocks ("buckets" there).
struct Int8 {
  static constexpr std::string_view name = "int8";
  static constexpr std::string_view summary =
      "Sends every coordinate as one byte, rounded at random.";
  static constexpr std::string_view formula =
      "u_j <- sign(u_j) s floor(127 |u_j| / s + U_j) / 127,  s = max |u_j| of its block";
  static constexpr std::string_view source = "Alistarh et al., arXiv:1610.02132";
  static constexpr bool needs_job = true;
  static constexpr bool on_worker = true;
  static constexpr Law laws = Law::odd;

  std::uint64_t block = 256;
  bool error_feedback = false;

  static void fields(auto& self, auto&& field) {
    field("block", self.block,
          Field{.unit = "coordinates", .min = 1, .max = 16'000, .doc = "that share a scale"});
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
static_assert(Transform<Int8>);

}  // namespace tailrace::policy
