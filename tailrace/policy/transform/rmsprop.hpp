#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/adaptive_fields.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// Divides every coordinate by its running root mean square.
///
///     v  <-  beta * v + (1 - beta) * u^2;    u  <-  u / (sqrt(v^) + epsilon)
///     v^ = v / (1 - beta^t) with bias_correction, v^ = v without
///
///   u                Update  (dim)
///   beta             double  [1]             in [0, 1)
///   epsilon          double  [units of u_j]  > 0
///   bias_correction  bool    as published: false
///
/// State   sqrt(v), Real (dim), zero at first (the root as in adam); beta^t.
/// Cost    one coordinate-wise pass, fused with the model update.
/// Errors  none at run time.
/// Source  Tieleman, Hinton: Lecture 6.5, Coursera 2012.
struct RmsProp {
  static constexpr std::string_view name = "rmsprop";
  static constexpr std::string_view summary =
      "Divides every coordinate by its running root mean square.";
  static constexpr std::string_view formula =
      "v <- beta v + (1 - beta) u^2;  u <- u / (sqrt(v) + epsilon)";
  static constexpr std::string_view source = "Tieleman, Hinton 2012";
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::keeps_zero | Law::bounds_norm | Law::odd;

  double beta = 0.99;
  double epsilon = 1e-8;
  bool bias_correction = false;

  static void fields(auto& self, auto&& field) {
    field("beta", self.beta, beta_field("share of past squares kept"));
    field("epsilon", self.epsilon, epsilon_field);
    field("bias_correction", self.bias_correction, bias_correction_field);
  }

  void prepare(const PartSetup& setup) {
    root.prepare(setup.dimension);
    power = 1;
  }
  void apply(const Arrival& /*arrival*/, Update& update) {
    power *= beta;
    update.then(Pass::of(*this));
  }
  void run(const Block& block);
  void state(Archive& archive) { archive(root, power); }

  Memory root = {};  ///< sqrt(v)
  double power = 1;  ///< beta^t
};
static_assert(Transform<RmsProp>);

}  // namespace tailrace::policy
