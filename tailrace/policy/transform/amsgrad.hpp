#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/adaptive_fields.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// Adam whose denominator never falls.
///
///     m  <-  beta1 * m + (1 - beta1) * u;        v  <-  beta2 * v + (1 - beta2) * u^2
///     w  <-  max(w, v);                          u  <-  m / (sqrt(w) + epsilon)
///
///   u             Update  (dim)
///   beta1, beta2  double  [1]             in [0, 1)
///   epsilon       double  [units of u_j]  > 0
///
/// State   m, sqrt(v), sqrt(w), Real (dim), zero at first (roots as in adam).
/// Cost    one coordinate-wise pass, fused with the model update.
/// Errors  none at run time.
/// Source  Reddi, Kale, Kumar: On the convergence of Adam and beyond, ICLR 2018; FADAS (Wang et
///         al., ICML 2024) puts it behind a buffer.
struct AmsGrad {
  static constexpr std::string_view name = "amsgrad";
  static constexpr std::string_view summary = "Adam whose denominator never falls.";
  static constexpr std::string_view formula =
      "m <- beta1 m + (1 - beta1) u;  v <- beta2 v + (1 - beta2) u^2;  w <- max(w, v);  "
      "u <- m / (sqrt(w) + epsilon)";
  static constexpr std::string_view source = "Reddi, Kale, Kumar, arXiv:1904.09237";
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::bounds_norm | Law::odd;

  double beta1 = 0.9;
  double beta2 = 0.99;
  double epsilon = 1e-8;

  static void fields(auto& self, auto&& field) {
    field("beta1", self.beta1, beta_field("share of past updates kept"));
    field("beta2", self.beta2, beta_field("share of past squares kept"));
    field("epsilon", self.epsilon, epsilon_field);
  }

  void prepare(const PartSetup& setup) {
    mean.prepare(setup.dimension);
    root.prepare(setup.dimension);
    largest_root.prepare(setup.dimension);
  }
  void apply(const Arrival& /*arrival*/, Update& update) { update.then(Pass::of(*this)); }
  void run(const Block& block);
  void state(Archive& archive) { archive(mean, root, largest_root); }

  Memory mean = {};          ///< m
  Memory root = {};          ///< sqrt(v)
  Memory largest_root = {};  ///< sqrt(w)
};
static_assert(Transform<AmsGrad>);

}  // namespace tailrace::policy
