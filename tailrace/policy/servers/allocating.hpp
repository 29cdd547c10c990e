#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tailrace/policy/method.hpp"

namespace tailrace::policy {

/// Gives every step's gradients to the workers that are expected to finish them first, and learns
/// from every round how fast they are.
///
///     a_1 + ... + a_n = B,  a minimizes  max_i s_i a_i
///     s_i = max(0, mean_i - 4 e alpha_i (sqrt(c / N_i) + c / N_i)),   c = ln(2 k^2)
///
/// In round k worker i computes a_i gradients at the current model, one after the other; when all B
/// have arrived their mean makes a step. s_i is a lower confidence bound of the worker's time for a
/// gradient after N_i of them: who has been tried less is believed to be faster.
///
///   batch  B, integer  [updates]  in one step
///   alpha  double      [s]        scale of the sub-exponential tail of the times; 0: twice each
///                                 worker's own mean
///   seconds  per worker [s]       known mean times in place of measured ones; empty: measured
///
/// State   a vector of the model's dimension for every gradient of a round.
/// Cost    O(B log n + n) a round.
/// Source  Maranjyan, Saad, Richtarik, Orabona: ATA, arXiv:2502.00775, with the constants of the
///         authors' code ("empirical" where alpha is 0). Ties go to workers with fewer jobs in the
///         round, then with fewer so far: with nothing known everyone is tried. Known times are
///         their oracle.
struct Allocating {
  static constexpr bool sliceable = true;

  std::uint64_t batch = 16;
  double alpha = 0;
  std::vector<double> seconds = {};

  /// method/list-length.
  [[nodiscard]] Errors check(std::uint32_t workers) const;
  [[nodiscard]] std::unique_ptr<Server> make(const Method& method, const ServerSetup& setup) const;
};

/// A worker as the allocation sees it.
struct Candidate {
  double seconds = 0;       ///< s_i >= 0, of one gradient
  std::uint64_t tried = 0;  ///< N_i
};

/// How many of `batch` jobs each worker gets so that max_i s_i a_i is least; greedy, which is
/// exact.
[[nodiscard]] std::vector<std::uint64_t> allocate(std::span<const Candidate> workers,
                                                  std::uint64_t batch);

}  // namespace tailrace::policy
