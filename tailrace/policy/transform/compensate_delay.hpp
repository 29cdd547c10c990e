#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// Estimates what a delayed gradient would be at the current model.
///
///     u  <-  u + lambda_j * u * u * (x - x_start)                       coordinate by coordinate
///
///     constant   lambda_j = lambda
///     adaptive   s_j <- decay * s_j + (1 - decay) * u_j^2;    lambda_j = lambda / sqrt(s_j + 1e-7)
///
/// A first-order Taylor step with u*u in place of the Hessian's diagonal. Meant for gradients; for
/// the displacement of K local steps it treats that as one gradient. Only in `each`: a combined
/// update has no one starting point.
///
///   u        Update  (dim)
///   x        Real    (dim)  arrival.model
///   x_start  Real    (dim)  arrival.start
///   lambda   double  [1]    >= 0; 0 switches it off
///   decay    double  [1]    in [0, 1); of the adaptive form
///
/// State   s, Real (dim), zero at first; unused by the constant form.
/// Cost    one coordinate-wise pass that reads both models.
/// Errors  method/needs-start where it is not in `each`.
/// Source  Zheng et al.: Asynchronous SGD with delay compensation, ICML 2017, arXiv:1609.08326:
///         DC-ASGD-c (lambda = 0.04 in MXNet) and DC-ASGD-a (lambda = 2, decay = 0.95).
struct CompensateDelay {
  static constexpr std::string_view name = "compensate_delay";
  static constexpr std::string_view summary =
      "Estimates what a delayed gradient would be at the current model.";
  static constexpr std::string_view formula = "u <- u + lambda u u (x - x_start)";
  static constexpr std::string_view source = "Zheng et al., arXiv:1609.08326";
  static constexpr bool from_number = true;
  static constexpr bool needs_start = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::keeps_zero;

  double lambda = 0.04;
  bool adaptive = false;
  double decay = 0.95;

  static void fields(auto& self, auto&& field) {
    field("lambda", self.lambda, Field{.min = 0, .doc = "strength; 0 is off"});
    field("adaptive", self.adaptive,
          Field{.doc = "divide lambda by the root mean square of past updates"});
    field("decay", self.decay,
          Field{.min = 0, .max = 1, .below_max = true, .doc = "of the mean square, if adaptive"});
  }

  void prepare(const PartSetup& setup) { mean_square.prepare(adaptive ? setup.dimension : 0); }
  void apply(const Arrival& arrival, Update& update) {
    if (lambda == 0) return;
    model = arrival.model;
    start = arrival.start;
    update.then(Pass::of(*this));
  }
  void run(const Block& block);
  void state(Archive& archive) { archive(mean_square); }

  Memory mean_square = {};
  std::span<const Real> model = {};  ///< of the update at hand
  std::span<const Real> start = {};  ///< of the update at hand
};
static_assert(Transform<CompensateDelay>);

}  // namespace tailrace::policy
