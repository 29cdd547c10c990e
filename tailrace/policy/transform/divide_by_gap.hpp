#pragma once

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/adaptive_fields.hpp"
#include "tailrace/policy/transform/clip_form.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// Divides an update by how many average steps the model has moved since the update's job started.
///
///     v    <-  decay * v + (1 - decay) * u^2;       r_j = sqrt(v_j / (1 - decay^t))
///     u_j  <-  u_j / (1 + |x_j - x_start_j| / (step_size * r_j))        coordinates
///     u    <-  u / (1 + ||x - x_start|| / (step_size * ||r||))          norm
///
/// Staleness counts steps whether they led anywhere or not; the gap counts what they added up to.
/// Updates that cancel each other cost a stale one nothing.
///
///   u          Update  (dim)
///   x          Real    (dim)  arrival.model
///   x_start    Real    (dim)  arrival.start
///   step_size  double  [1]    > 0; the largest of the run
///   decay      double  [1]    in [0, 1); of the mean square
///   form               the gap of every coordinate by itself, or of the whole model
///
/// State   sqrt(v), Real (dim), zero at first (the root as in adam); decay^t. The mean takes in
///         updates before they are divided, this one included.
/// Cost    coordinates: one pass that reads both models. norm: two passes more.
/// Errors  method/needs-start where it is not in `each`.
/// Source  Barkai, Hakimi, Schuster: Gap-aware mitigation of gradient staleness, ICLR 2020,
///         arXiv:1909.10802; the mean square as others transcribe it, the norm form is ours.
struct DivideByGap {
  static constexpr std::string_view name = "divide_by_gap";
  static constexpr std::string_view summary =
      "Divides an update by how far the model has moved, in average steps.";
  static constexpr std::string_view formula =
      "v <- decay v + (1 - decay) u^2;  u_j <- u_j / (1 + |x_j - x_start_j| / (step_size "
      "sqrt(v_j)))";
  static constexpr std::string_view source = "Barkai, Hakimi, Schuster, arXiv:1909.10802";
  static constexpr bool needs_start = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::shrinks | Law::keeps_zero | Law::odd;

  double step_size = 0.1;
  double decay = 0.999;
  ClipForm form = ClipForm::coordinates;

  static void fields(auto& self, auto&& field) {
    field("step_size", self.step_size,
          Field{.min = 0, .above_min = true, .doc = "the largest of the run: what a step is"});
    field("decay", self.decay, beta_field("share of past squares kept"));
    field("form", self.form, Field{.doc = "the gap of the whole model, or of each coordinate"});
  }

  void prepare(const PartSetup& setup) {
    root.prepare(setup.dimension);
    scratch.assign(form == ClipForm::norm ? setup.dimension : 0, 0);
    power = 1;
    slices = setup.slices;
  }
  void apply(const Arrival& arrival, Update& update);
  void run(const Block& block);
  void state(Archive& archive) { archive(root, power); }

  Memory root = {};                  ///< sqrt(v)
  std::vector<Real> scratch = {};    ///< norm form: r of the update at hand
  double power = 1;                  ///< decay^t
  Slices* slices = nullptr;          ///< those who hold the rest of the model
  std::span<const Real> model = {};  ///< of the update at hand
  std::span<const Real> start = {};  ///< of the update at hand
};
static_assert(Transform<DivideByGap>);

}  // namespace tailrace::policy
