#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// Nesterov momentum: heavy ball that looks one step ahead.
///
///     m  <-  beta * m + u;    u  <-  u + beta * m
///
///   u     Update  (dim)
///   beta  double  [1]  in [0, 1); 0 switches it off
///
/// State   m, Real (dim), zero at first.
/// Cost    one coordinate-wise pass, fused with the model update.
/// Errors  none at run time.
/// Source  Nesterov 1983, in the form of torch.optim.SGD with nesterov = True.
struct Nesterov {
  static constexpr std::string_view name = "nesterov";
  static constexpr std::string_view summary = "Nesterov momentum.";
  static constexpr std::string_view formula = "m <- beta m + u;  u <- u + beta m";
  static constexpr std::string_view source = "Nesterov 1983";
  static constexpr bool from_number = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::odd;

  double beta = 0.9;

  static void fields(auto& self, auto&& field) {
    field("beta", self.beta,
          Field{.min = 0, .max = 1, .below_max = true, .doc = "share of the past kept; 0 is off"});
  }

  void prepare(const PartSetup& setup) { memory.prepare(setup.dimension); }
  void apply(const Arrival& /*arrival*/, Update& update) { update.then(Pass::of(*this)); }
  void run(const Block& block);
  void state(Archive& archive) { archive(memory); }

  Memory memory = {};
};
static_assert(Transform<Nesterov>);

}  // namespace tailrace::policy
