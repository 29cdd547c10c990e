#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tailrace/core/time.hpp"
#include "tailrace/policy/method.hpp"

namespace tailrace::policy {

/// Every worker has a number of tries for each step, and each try a limited time: a gradient that
/// takes longer is given up.
///
///     x  <-  x - eta * (sum of the gradients that succeeded) / sum_i p_i B_i
///
/// When a worker's try succeeds or its time is up the next begins, until it has had B_i of them;
/// when all have, the server steps and everyone starts anew. p_i is the probability that a try
/// succeeds.
///
///   tries    B_i, integer per worker          0 leaves the worker out
///   limits   Time per worker  [s]             > 0
///   success  p_i, double per worker  [1]      in (0, 1]; empty: measured, as ours below
///
/// A list of one holds for all workers. Measured success is (successes + 1) / (tries + 1) over all
/// tries up to and including this step's, so that the first step of n workers who all succeed is
/// the mean.
///
/// State   a vector of the model's dimension for every success of a step.
/// Source  Maranjyan, Shaikh Omar, Richtarik: MindFlayer SGD, arXiv:2410.04285. They know p_i;
///         measuring it is ours. The limit counts from the moment at which the job is given out, so
///         it has to leave room for messages.
struct LimitedTries {
  static constexpr bool sliceable = true;

  std::vector<std::uint64_t> tries = {1};
  std::vector<Time> limits = {Time{1'000'000'000}};
  std::vector<double> success = {};

  /// method/list-length, method/step-of-nothing.
  [[nodiscard]] Errors check(std::uint32_t workers) const;
  [[nodiscard]] std::unique_ptr<Server> make(const Method& method, const ServerSetup& setup) const;
};

}  // namespace tailrace::policy
