#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// Heavy-ball momentum.
///
///     m  <-  beta * m + (1 - dampening) * u;    u  <-  m
///
///   u          Update  (dim)
///   beta       double  [1]  in [0, 1); 0 switches it off
///   dampening  double  [1]  in [0, 1); set it to beta for a running mean of updates
///
/// State   m, Real (dim), zero at first.
/// Cost    one coordinate-wise pass, fused with the model update.
/// Errors  none at run time.
/// Source  Polyak 1964, in the form of torch.optim.SGD.
struct Momentum {
  static constexpr std::string_view name = "momentum";
  static constexpr std::string_view summary = "Heavy-ball momentum.";
  static constexpr std::string_view formula = "m <- beta m + (1 - dampening) u;  u <- m";
  static constexpr std::string_view source = "Polyak 1964";
  static constexpr bool from_number = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::odd;

  double beta = 0.9;
  double dampening = 0;

  static void fields(auto& self, auto&& field) {
    field("beta", self.beta,
          Field{.min = 0, .max = 1, .below_max = true, .doc = "share of the past kept; 0 is off"});
    field("dampening", self.dampening,
          Field{.min = 0, .max = 1, .below_max = true, .doc = "set it to beta for a running mean"});
  }

  void prepare(const PartSetup& setup) { memory.prepare(setup.dimension); }
  void apply(const Arrival& /*arrival*/, Update& update) { update.then(Pass::of(*this)); }
  void run(const Block& block);
  void state(Archive& archive) { archive(memory); }

  Memory memory = {};
};
static_assert(Transform<Momentum>);

}  // namespace tailrace::policy
