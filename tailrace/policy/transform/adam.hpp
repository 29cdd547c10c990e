#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/adaptive_fields.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// Momentum divided by a running root mean square, coordinate by coordinate.
///
///     m  <-  beta1 * m + (1 - beta1) * u;        v  <-  beta2 * v + (1 - beta2) * u^2
///     u  <-  m^ / (sqrt(v^) + epsilon),          m^ = m / (1 - beta1^t),   v^ = v / (1 - beta2^t)
///
///   u                Update  (dim)
///   beta1, beta2     double  [1]             in [0, 1)
///   epsilon          double  [units of u_j]  > 0
///   bias_correction  bool    false: m^ = m, v^ = v
///
/// State   m and sqrt(v), Real (dim), zero at first; beta1^t and beta2^t. The root is kept, not v:
///         a Real holds the root of every square that heavy-tailed entries make, but not the
///         square.
/// Cost    one coordinate-wise pass, fused with the model update.
/// Errors  none at run time.
/// Source  Kingma, Ba: Adam, ICLR 2015.
struct Adam {
  static constexpr std::string_view name = "adam";
  static constexpr std::string_view summary =
      "Momentum divided by a running root mean square per coordinate.";
  static constexpr std::string_view formula =
      "m <- beta1 m + (1 - beta1) u;  v <- beta2 v + (1 - beta2) u^2;  u <- m^ / (sqrt(v^) + "
      "epsilon)";
  static constexpr std::string_view source = "Kingma, Ba, arXiv:1412.6980";
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::odd;

  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  bool bias_correction = true;

  static void fields(auto& self, auto&& field) {
    field("beta1", self.beta1, beta_field("share of past updates kept"));
    field("beta2", self.beta2, beta_field("share of past squares kept"));
    field("epsilon", self.epsilon, epsilon_field);
    field("bias_correction", self.bias_correction, bias_correction_field);
  }

  void prepare(const PartSetup& setup) {
    mean.prepare(setup.dimension);
    root.prepare(setup.dimension);
    power1 = power2 = 1;
  }
  void apply(const Arrival& /*arrival*/, Update& update) {
    power1 *= beta1;
    power2 *= beta2;
    update.then(Pass::of(*this));
  }
  void run(const Block& block);
  void state(Archive& archive) { archive(mean, root, power1, power2); }

  Memory mean = {};   ///< m
  Memory root = {};   ///< sqrt(v)
  double power1 = 1;  ///< beta1^t
  double power2 = 1;  ///< beta2^t
};
static_assert(Transform<Adam>);

}  // namespace tailrace::policy
