#pragma once

#include <cstdint>
#include <memory>

#include "tailrace/core/time.hpp"
#include "tailrace/policy/method.hpp"

namespace tailrace::policy {

/// Two levels of servers: every region has its own, close to its workers, and now and then the
/// regions exchange what they have learned with the global one.
///
///     region r, on the update u of one of its workers, which starts anew from x_r:
///         x_r <- x_r - regional_step_size * regional(u)
///     after `period` updates it sends  u_r = x_r(when it last merged) - x_r,  `latency` on its way
///     global:  x <- x - step_size * then(u_r);   the new x travels back
///     region:  x_r <- (1 - mixing) x_r + mixing * x
///
/// While its exchange is under way a region goes on, but sends nothing; what its workers bring
/// meanwhile stays in x_r and is not part of the next u_r. Server steps, and the model that is
/// evaluated, are the global ones. Workers belong to regions in contiguous blocks of equal size.
///
///   regions             integer
///   period              K, integer  [updates]  of a region between two exchanges
///   mixing              alpha, double  [1]     in (0, 1]
///   latency             Time  [s]              one way between a region and the global server
///   regional            Chain                  a copy for every region
///   regional_step_size  Schedule               counts the region's own steps
///
/// State   per region: a model and its past versions, the model after its last merge, the chain.
/// Source  Kim et al.: HALoS, ICML 2025, with the update rules of its public code.
struct TwoLevel {
  std::uint32_t regions = 1;
  std::uint64_t period = 32;
  double mixing = 0.25;
  Time latency = {};
  Chain regional = {};
  Schedule regional_step_size = ConstantStep{};

  [[nodiscard]] bool sliceable() const { return regional.sliceable(); }
  /// method/more-regions-than-workers.
  [[nodiscard]] Errors check(std::uint32_t workers) const;
  [[nodiscard]] std::unique_ptr<Server> make(const Method& method, const ServerSetup& setup) const;
};

}  // namespace tailrace::policy
