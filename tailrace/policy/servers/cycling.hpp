#pragma once

#include <cstdint>
#include <memory>

#include "tailrace/policy/method.hpp"

namespace tailrace::policy {

/// Groups of workers take turns: only one group at a time talks to the server, the others go on
/// with local steps.
///
///     G = ceil(n / size) groups;  group g's first jobs have g + 1 local steps, all later ones G
///     when the group whose turn it is has delivered:  x <- x - eta * sum of its updates
///     its workers start anew from x, and the next group has its turn
///
/// An update of K local steps is their displacement, so with eta = 1 every gradient moves the model
/// once, by the local step size.
///
///   size  s, integer  [workers]  of a group; the last one may be smaller. n: local SGD in step,
///                                1: one worker at a time
///
/// State   a vector of the model's dimension for every worker that waits for its turn.
/// Source  Tyurin, Sivtsov: Birch SGD, arXiv:2505.09218 (Cycle SGD: tree distance about n^2/s). We
///         know the method from descriptions; that groups are contiguous and strictly in turn is
///         our reading.
struct Cycling {
  static constexpr bool sliceable = true;

  std::uint32_t size = 1;

  [[nodiscard]] Errors check(std::uint32_t /*workers*/) const { return {}; }
  [[nodiscard]] std::unique_ptr<Server> make(const Method& method, const ServerSetup& setup) const;
};

}  // namespace tailrace::policy
