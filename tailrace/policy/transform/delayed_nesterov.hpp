#pragma once

#include <cstdint>

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/adaptive_fields.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// Nesterov momentum whose memory moves only every N updates, by their mean.
///
///     d  <-  d + u
///     every N-th update:    m <- beta * m + d / N,   d <- 0,   u <- (1 - c N + c) beta * m + u / N
///     every other one:                                         u <- c beta * m + u / N
///
/// With every update a step, momentum would grow N times as fast as where N workers step together,
/// on gradients of all ages. Here it is spent in one piece every N updates (c = 0) or spread evenly
/// over them (c = 1 / N).
///
///   u       Update   (dim)
///   beta    double   [1]        in [0, 1)
///   every   integer  [updates]  N >= 1; 1 is Nesterov momentum
///   spread  double   [1]        c N in [0, 1]: share of the momentum that is spread
///
/// State   m and d, Real (dim), zero at first; how many updates are in d.
/// Cost    one coordinate-wise pass, fused with the model update.
/// Errors  none at run time.
/// Source  Liu et al.: Asynchronous local-SGD training for language modeling, arXiv:2401.09135, as
///         others transcribe it; theirs names c, here its N-fold is the option.
struct DelayedNesterov {
  static constexpr std::string_view name = "delayed_nesterov";
  static constexpr std::string_view summary =
      "Nesterov momentum whose memory moves only every so many updates.";
  static constexpr std::string_view formula =
      "u <- c beta m + u / every;  every so many updates m <- beta m + their mean first;  then "
      "u <- (1 - c every + c) beta m + u / every,  c = spread / every";
  static constexpr std::string_view source = "Liu et al., arXiv:2401.09135";
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::odd;

  double beta = 0.9;
  std::uint64_t every = 4;
  double spread = 0;

  static void fields(auto& self, auto&& field) {
    field("beta", self.beta, beta_field("share of the past kept"));
    field("every", self.every,
          Field{.unit = "updates", .min = 1, .max = 1e9, .doc = "N, updates in one move of m"});
    field("spread", self.spread,
          Field{.min = 0, .max = 1, .doc = "share of the momentum that every update gets alike"});
  }

  void prepare(const PartSetup& setup) {
    memory.prepare(setup.dimension);
    gathered.prepare(setup.dimension);
    count = 0;
  }
  void apply(const Arrival& /*arrival*/, Update& update) {
    due = ++count == every;
    if (due) count = 0;
    update.then(Pass::of(*this));
  }
  void run(const Block& block);
  void state(Archive& archive) {
    archive(memory, gathered, count);
    if (archive.ok() && count < every) return;
    count = 0;
    archive.refuse();
  }

  Memory memory = {};       ///< m
  Memory gathered = {};     ///< d
  std::uint64_t count = 0;  ///< updates in d, below N
  bool due = false;         ///< the update at hand is the N-th
};
static_assert(Transform<DelayedNesterov>);

}  // namespace tailrace::policy
