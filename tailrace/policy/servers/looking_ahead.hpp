#pragma once

#include <cstdint>
#include <memory>

#include "tailrace/policy/method.hpp"

namespace tailrace::policy {

/// One momentum for all, which moves once for every n updates; and workers that start from where
/// the model will be when they deliver.
///
///     d <- d + u,  c <- c + 1;     x <- x - step_size_t * (u + beta * m)
///     if c = n:                    m <- beta * m + d / n;   d <- 0;   c <- 0
///     jobs start from   y  =  x - step_size_t * beta * ((n - c + c beta) * m + c / n * d)
///
/// y is x after n more updates as far as momentum alone takes it: n - c of them with today's m, c
/// with the one that d is growing into. The model that is trained and evaluated is x.
///
///   beta  double  [1]  in [0, 1); 0: y = x, asynchronous SGD to the bit
///
/// State   m and d, Real (dim); c; y and those of its past versions that jobs started from.
/// Cost    four passes an update, on one thread.
/// Source  SMEGA2, after its authors' public code (github.com/rafi-cohen/SMEGA2): its advanced
///         estimate, no dampening, no weight decay.
struct LookingAhead {
  static constexpr bool sliceable = true;

  double beta = 0.9;

  [[nodiscard]] Errors check(std::uint32_t /*workers*/) const { return {}; }
  [[nodiscard]] std::unique_ptr<Server> make(const Method& method, const ServerSetup& setup) const;
};

}  // namespace tailrace::policy
