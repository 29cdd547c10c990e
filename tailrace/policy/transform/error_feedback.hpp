#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/core/field.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/policy/part_setup.hpp"
#include "tailrace/policy/update.hpp"

namespace tailrace::policy {

/// What a worker's compressed messages have left out so far, sent along with the next one.
///
///     p  =  u + e_i;        u  <-  C(p);        e_i  <-  p - C(p)
///
/// The sum of all messages is the sum of all updates but for the last e_i, so what one message
/// drops is late and not lost. That is what makes biased compressors converge, and keeps e_i small
/// whenever C contracts: ||p - C(p)||^2 <= (1 - delta) ||p||^2.
///
/// State   e_i, Real (dim) a worker, from its first message on; nothing where it is off.
/// Cost    two passes over the update and e_i beside those of C.
/// Source  Seide et al.: 1-bit stochastic gradient descent, Interspeech 2014; Karimireddy, Rebjock,
///         Stich, Jaggi: Error feedback fixes SignSGD, ICML 2019, arXiv:1901.09847.
class ErrorFeedback {
 public:
  void prepare(const PartSetup& setup, bool on);

  /// Compresses a worker's update in place; `compress` takes the values.
  template <class Compress>
  void through(WorkerId worker, Update& update, const Compress& compress) {
    const std::span<Real> values = update.edit();
    if (!on_) return compress(values);
    const std::span<Real> error = error_of(worker);
    add_error(error, values);
    compress(values);
    keep_rest(error, values);
  }

  /// Nothing is left out of the worker's messages so far.
  void forget(WorkerId worker);
  void state(Archive& archive);

 private:
  [[nodiscard]] std::span<Real> error_of(WorkerId worker);
  /// error and values both become their sum.
  static void add_error(std::span<Real> error, std::span<Real> values);
  /// error <- error - values
  static void keep_rest(std::span<Real> error, std::span<const Real> values);

  bool on_ = false;
  std::size_t dimension_ = 0;
  std::vector<std::vector<Real>> errors_;  ///< (workers), each empty before its first message
};

inline constexpr Field error_feedback_field{
    .doc = "send what a worker's messages have left out along with its next one"};

}  // namespace tailrace::policy
