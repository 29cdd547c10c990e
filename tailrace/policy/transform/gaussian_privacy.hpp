#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/math/renyi_accountant.hpp"
#include "tailrace/policy/transform.hpp"

namespace tailrace::policy {

/// What differs between two runs that an onlooker must not tell apart.
///
///   zero_out  one worker's updates, or zeros in their place: they differ by at most C
///   replace   one worker's updates, or others in their place: they differ by at most 2 C
enum class Neighbors { zero_out, replace };

}  // namespace tailrace::policy

namespace tailrace {
template <>
struct EnumNames<policy::Neighbors> {
  static constexpr std::array values = {
      std::pair{std::string_view("zero_out"), policy::Neighbors::zero_out},
      std::pair{std::string_view("replace"), policy::Neighbors::replace}};
};
}  // namespace tailrace

namespace tailrace::policy {

/// Hides what a worker knows: its update is clipped, and noise as large as it is added before the
/// server sees it.
///
///     u  <-  min(1, C / ||u||) * u  +  z C * N(0, I)
///
/// T updates of one worker are then T releases of Gaussian noise with multiplier z (neighbors =
/// "replace": z / 2), which math/renyi_accountant.hpp turns into (epsilon, delta); a run reports it
/// with the T of its busiest worker. The server and whoever watches it are not trusted: that many
/// workers' noise averages out, or that a worker looks at a part of its data only, is not counted
/// in. To be last in `send`; a compressor behind it changes no epsilon.
///
///   u                 Update  (dim)        parameter or gradient units
///   clip              double  [norm of u]  C > 0, finite
///   noise_multiplier  double  [1]          z >= 0; 0 is clipping alone, and no privacy
///   delta             double  [1]          in (0, 1), for the report; below 1 / workers
///   neighbors         Neighbors            for the report
///
/// State   releases of each worker, 8 bytes each.
/// Cost    one pass for the norm, one for the noise: a normal number a coordinate, about 15 ns.
/// Errors  method/needs-job outside `send` and `each`. An infinite or NaN update stays so: it
/// shows. Source  Abadi et al.: Deep learning with differential privacy, CCS 2016,
/// arXiv:1607.00133;
///         McMahan, Ramage, Talwar, Zhang, arXiv:1710.06963, clip whole updates as here. Simulated
///         noise: it is drawn from the run's seed, which would have to be each worker's secret,
///         and rounded to floats, which leaks (Mironov, CCS 2012).
struct GaussianPrivacy {
  static constexpr std::string_view name = "gaussian_privacy";
  static constexpr std::string_view summary =
      "Clips an update and adds Gaussian noise on the worker; the run reports epsilon.";
  static constexpr std::string_view formula =
      "u <- min(1, clip / ||u||) u + noise_multiplier clip N(0, I);  "
      "epsilon = min over a of T a / (2 z^2) + log(1 - 1/a) - log(delta a) / (a - 1)";
  static constexpr std::string_view source = "Abadi et al., arXiv:1607.00133";
  static constexpr bool needs_job = true;
  static constexpr bool on_worker = true;
  static constexpr Law laws = Law::stateless;

  double clip = 1;
  double noise_multiplier = 1;
  double delta = 1e-5;
  Neighbors neighbors = Neighbors::zero_out;

  static void fields(auto& self, auto&& field) {
    field("clip", self.clip,
          Field{.unit = "norm of u",
                .min = 0,
                .above_min = true,
                .below_max = true,
                .doc = "C, largest norm of an update"});
    field("noise_multiplier", self.noise_multiplier,
          Field{.min = 0, .max = 1e6, .doc = "z, deviation of the noise in units of C; 0 is off"});
    field("delta", self.delta,
          Field{.min = 0,
                .max = 1,
                .above_min = true,
                .below_max = true,
                .doc = "chance that epsilon does not hold"});
    field("neighbors", self.neighbors,
          Field{.doc = "what must not be told apart: an update and none, or any two"});
  }

  void prepare(const PartSetup& setup) {
    key = setup.stream_key();
    releases.assign(setup.workers, 0);
  }
  void apply(const Arrival& arrival, Update& update);
  /// What the worker with the most releases has given away so far.
  [[nodiscard]] math::PrivacyLoss loss() const;
  [[nodiscard]] std::string remark() const;
  /// What has been given away stays so, whoever added the noise.
  void note_sent(WorkerId worker);
  void state(Archive& archive);

  std::uint64_t key = 0;
  std::vector<std::uint64_t> releases = {};  ///< (workers) updates sent
};
static_assert(Transform<GaussianPrivacy>);

}  // namespace tailrace::policy
