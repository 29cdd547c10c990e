#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/adaptive_fields.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// What the diagonal of the Hessian is taken to be proportional to: the same everywhere, the root
/// mean square of past updates, or their mean square.
enum class Curvature { equal, root, square };

}  // namespace tailrace::policy

namespace tailrace {
template <>
struct EnumNames<policy::Curvature> {
  static constexpr std::array values = {
      std::pair{std::string_view("equal"), policy::Curvature::equal},
      std::pair{std::string_view("root"), policy::Curvature::root},
      std::pair{std::string_view("square"), policy::Curvature::square}};
};
}  // namespace tailrace

namespace tailrace::policy {

/// Delay compensation that measures its own strength.
///
///     u  <-  u + lambda * c * (x - x_start),           c_j = (v_j / mean of v)^p
///     v  <-  decay * v + (1 - decay) * u^2             afterwards;  p = 0, 1/2, 1
///
/// lambda is the mean curvature, measured on pairs of consecutive updates u, u' of one worker: it
/// computed both, on the same data, so that u' - u is due to the way from x_start to x_start' and
/// to noise. Pairs count by running averages N, D, R:
///
///     lambda  =  min(max, N+ / max(D, R/2)),   z = (x - x_start) / ||x - x_start|| when u arrived
///     N  averages  <u' - u, c z>,              D  averages  <c (x_start' - x_start), c z>
///     R  averages  ||c (x_start' - x_start)|| ||c z||  >=  D
///
/// Least squares would put x_start' - x_start in the place of z and find too large a lambda: part
/// of that way is the step made of u itself, so the noise in u appears on both sides. z is the way
/// made by the others while u was computed, which u's noise knows nothing of; nor does c, which
/// holds updates before u. What is left is that c in D holds u's square by a share of 1 - decay.
/// R/2 keeps lambda from becoming large by chance where the two ways have little in common.
///
/// Unlike compensate_delay the correction is linear in x - x_start with a factor that averages over
/// updates, so one heavy-tailed update is not squared, and lambda needs no tuning when the scale of
/// gradients, steps or delays changes.
///
///   u          Update    (dim)
///   x          Real      (dim)  arrival.model
///   x_start    Real      (dim)  arrival.start
///   max        double    [u/x]  bound on lambda > 0: the smoothness, if it is known
///   decay      double    [1]    in [0, 1); of v, N, D, R
///   curvature  which p
///   probes     integer          pairs that are followed at the same time, of different workers
///
/// State   sqrt(v), Real (dim); two vectors a probe, made when it is first used; N, D and R.
/// Cost    one pass that reads both models; three passes more while a probe is free or due, so for
///         every arrival if there are as many probes as workers.
/// Errors  method/needs-start, method/needs-job where it is not in `each`. Pairs that are not
///         finite are left out.
/// Source  ours, after Zheng et al., arXiv:1609.08326, where lambda is tuned. z is an instrument in
///         the sense of errors-in-variables regression.
struct CompensateOnline {
  static constexpr std::string_view name = "compensate_online";
  static constexpr std::string_view summary =
      "Delay compensation whose strength is measured on consecutive updates of a worker.";
  static constexpr std::string_view formula =
      "u <- u + lambda c (x - x_start);  lambda = mean <u' - u, c z> / mean <c (x_start' - "
      "x_start), "
      "c z>, z along x - x_start";
  static constexpr std::string_view source = "ours, after Zheng et al., arXiv:1609.08326";
  static constexpr bool needs_start = true;
  static constexpr bool needs_job = true;
  static constexpr bool sliceable = true;
  static constexpr Law laws = Law::none;

  double max = infinity;
  double decay = 0.99;
  Curvature curvature = Curvature::equal;
  std::uint32_t probes = 4;

  static void fields(auto& self, auto&& field) {
    field("max", self.max,
          Field{.unit = "u/x", .min = 0, .above_min = true, .doc = "largest mean curvature"});
    field("decay", self.decay, beta_field("share of the past kept, in all averages"));
    field("curvature", self.curvature,
          Field{.doc = "the Hessian's diagonal is equal, as the root mean square of past updates, "
                       "or as their mean square"});
    field("probes", self.probes,
          Field{.unit = "pairs", .min = 1, .max = 1e6, .doc = "updates followed at the same time"});
  }

  void prepare(const PartSetup& setup);
  void apply(const Arrival& arrival, Update& update);
  void run(const Block& block);
  void state(Archive& archive);

  /// lambda as it is now.
  [[nodiscard]] double strength() const;

  /// An update whose worker's next one is waited for.
  struct Probe {
    bool busy = false;
    WorkerId worker = 0;
    double product = 0;         ///< <u, c z>
    std::vector<Real> start;    ///< x_start
    std::vector<Real> weights;  ///< c z
    void state(Archive& archive) { archive(busy, worker, product, start, weights); }
  };

  Memory root = {};                  ///< sqrt(v)
  std::vector<Probe> followed = {};  ///< (probes)
  double fresh_minus_stale = 0;      ///< N
  double way = 0;                    ///< D
  double reach = 0;                  ///< R
  std::vector<Real> scratch = {};    ///< (dim)
  Slices* slices = nullptr;          ///< those who hold the rest of the model
  std::size_t coordinates = 0;       ///< of the whole model; 0: not known yet
  double gain = 0;                   ///< lambda of the update at hand
  double mean_root = 0;              ///< root of the mean of v, of the update at hand
  std::span<const Real> model = {};  ///< of the update at hand
  std::span<const Real> start = {};  ///< of the update at hand

 private:
  void measure(Probe& probe, const std::vector<Real>& values);
  void follow(Probe& probe, WorkerId worker, const std::vector<Real>& values);
};
static_assert(Transform<CompensateOnline>);

}  // namespace tailrace::policy
