#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/adaptive_fields.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// Divides every coordinate by the root of the sum of all its squares so far.
///
///     v  <-  v + u^2;    u  <-  u / (sqrt(v) + epsilon)
///
///   u        Update  (dim)
///   epsilon  double  [units of u_j]  > 0
///
/// State   sqrt(v), Real (dim), zero at first (the root as in adam).
/// Cost    one coordinate-wise pass, fused with the model update.
/// Errors  none at run time.
/// Source  Duchi, Hazan, Singer: Adaptive subgradient methods, JMLR 2011.
struct AdaGrad {
  static constexpr std::string_view name = "adagrad";
  static constexpr std::string_view summary =
      "Divides every coordinate by the root of the sum of its squares so far.";
  static constexpr std::string_view formula = "v <- v + u^2;  u <- u / (sqrt(v) + epsilon)";
  static constexpr std::string_view source = "Duchi, Hazan, Singer, JMLR 2011";
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::keeps_zero | Law::bounds_norm | Law::odd;

  double epsilon = 1e-8;

  static void fields(auto& self, auto&& field) { field("epsilon", self.epsilon, epsilon_field); }

  void prepare(const PartSetup& setup) { root.prepare(setup.dimension); }
  void apply(const Arrival& /*arrival*/, Update& update) { update.then(Pass::of(*this)); }
  void run(const Block& block);
  void state(Archive& archive) { archive(root); }

  Memory root = {};  ///< sqrt(v)
};
static_assert(Transform<AdaGrad>);

}  // namespace tailrace::policy
