#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/adaptive_fields.hpp"
#include "tailrace/policy/transform/worker_memory.hpp"

namespace tailrace::policy {

/// Heavy-ball momentum that every worker keeps for itself.
///
///     m_i  <-  beta * m_i + (1 - dampening) * u;    u  <-  m_i          on worker i
///
/// A worker's momentum is as old as its gradient: the two fit together, where a momentum on the
/// server mixes gradients of all ages. As a running mean it also takes noise out of what robust
/// combiners compare.
///
///   u          Update  (dim)
///   beta       double  [1]  in [0, 1); 0 switches it off
///   dampening  double  [1]  in [0, 1); set it to beta for a running mean of updates
///
/// State   m_i, Real (workers, dim), a worker's when its first update comes, zero at first.
/// Cost    one coordinate-wise pass.
/// Errors  method/needs-job where it is neither in `send` nor in `each`.
/// Source  Giladi, Nacson, Hoffer, Soudry: At stability's edge, ICLR 2020 (shifted momentum), as we
///         understand it; Karimireddy, He, Jaggi, ICML 2021 (worker momentum against attacks).
struct WorkerMomentum {
  static constexpr std::string_view name = "worker_momentum";
  static constexpr std::string_view summary = "Heavy-ball momentum that every worker keeps itself.";
  static constexpr std::string_view formula = "m_i <- beta m_i + (1 - dampening) u;  u <- m_i";
  static constexpr std::string_view source =
      "Giladi et al., arXiv:1909.12340, inferred; Karimireddy, He, Jaggi, arXiv:2012.10333";
  static constexpr bool from_number = true;
  static constexpr bool needs_job = true;
  static constexpr bool on_worker = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::odd;

  double beta = 0.9;
  double dampening = 0;

  static void fields(auto& self, auto&& field) {
    field("beta", self.beta, beta_field("share of the past kept; 0 is off"));
    field("dampening", self.dampening, beta_field("set it to beta for a running mean"));
  }

  void prepare(const PartSetup& setup) { memories.prepare(setup.dimension, setup.workers); }
  void apply(const Arrival& arrival, Update& update) {
    memory = &memories.of(arrival.worker);
    update.then(Pass::of(*this));
  }
  void run(const Block& block);
  void forget(WorkerId worker) { memories.forget(worker); }
  void state(Archive& archive) { archive(memories); }

  WorkerMemory memories = {};
  Memory* memory = nullptr;  ///< of the update at hand
};
static_assert(Transform<WorkerMomentum>);

}  // namespace tailrace::policy
