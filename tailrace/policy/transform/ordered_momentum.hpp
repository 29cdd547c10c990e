#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/adaptive_fields.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// Momentum that gathers updates in the order in which their jobs were given out, whatever the
/// order in which they arrive.
///
/// Updates are numbered by the version v = t - tau that their job started from, and blocks of n
/// belong together as in one step of mini-batch SGD: block(v) = ceil(v / n). At version t, with b =
/// block(t) - block(v):
///
///     if block(t) > block(t - 1):   m <- beta * m,   d <- m,     else   d <- 0
///     m  <-  m + beta^b * u;        u  <-  d + (1 + beta + ... + beta^b) * u
///
/// A late update gets at once what it would have got by now had it come in time; so when all have
/// arrived, the model is where mini-batch momentum with the same updates would be.
///
///   u     Update  (dim)
///   beta  double  [1]      in [0, 1); 0 switches it off
///   tau   [steps]          arrival.staleness
///
/// State   m, Real (dim), zero at first. In units of u, so that a changing step size applies to it.
/// Cost    one coordinate-wise pass, fused with the model update.
/// Errors  method/needs-job where it is not in `each`, which sees updates one by one. Meant for
///         methods in which every update is a step, as version numbers must count updates.
/// Source  Shi, Yang, Li: Ordered momentum for asynchronous SGD, NeurIPS 2024, arXiv:2407.19234;
///         block numbers as transcribed, not checked against the paper's text.
struct OrderedMomentum {
  static constexpr std::string_view name = "ordered_momentum";
  static constexpr std::string_view summary =
      "Momentum that gathers updates in the order in which their jobs were given out.";
  static constexpr std::string_view formula =
      "with each block of n versions: m <- beta m, d <- m;  m <- m + beta^b u;  "
      "u <- d + (1 - beta^(b+1)) / (1 - beta) u,  b blocks late";
  static constexpr std::string_view source = "Shi, Yang, Li, arXiv:2407.19234";
  static constexpr bool from_number = true;
  static constexpr bool needs_job = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::odd;

  double beta = 0.9;

  static void fields(auto& self, auto&& field) {
    field("beta", self.beta, beta_field("share of the past kept; 0 is off"));
  }

  void prepare(const PartSetup& setup) { memory.prepare(setup.dimension); }
  void apply(const Arrival& arrival, Update& update);
  void run(const Block& block);
  void state(Archive& archive) { archive(memory); }

  Memory memory = {};  ///< m
  double keep = 1;     ///< of m, for the update at hand: beta where a block begins, else 1
  double into = 1;     ///< beta^b
  double out = 1;      ///< 1 + beta + ... + beta^b
};
static_assert(Transform<OrderedMomentum>);

}  // namespace tailrace::policy
