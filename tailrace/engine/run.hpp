#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/core/field.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/time.hpp"
#include "tailrace/policy/server.hpp"
#include "tailrace/problem/problem.hpp"

/// What every engine takes and gives, whether its time is virtual or real.
namespace tailrace::engine {

/// The figure a target speaks of.
enum class Metric { loss, gradient_norm, accuracy, test_loss, test_accuracy, test_score };

/// Those of which more is better; they are at most 1. All others are never negative.
[[nodiscard]] constexpr bool more_is_better(Metric metric) {
  return metric == Metric::accuracy || metric == Metric::test_accuracy ||
         metric == Metric::test_score;
}

}  // namespace tailrace::engine

namespace tailrace {
template <>
struct EnumNames<engine::Metric> {
  static constexpr std::array values = {
      std::pair{std::string_view("loss"), engine::Metric::loss},
      std::pair{std::string_view("gradient_norm"), engine::Metric::gradient_norm},
      std::pair{std::string_view("accuracy"), engine::Metric::accuracy},
      std::pair{std::string_view("test_loss"), engine::Metric::test_loss},
      std::pair{std::string_view("test_accuracy"), engine::Metric::test_accuracy},
      std::pair{std::string_view("test_score"), engine::Metric::test_score}};
};
}  // namespace tailrace

namespace tailrace::engine {

/// Nothing if the problem does not have this figure.
[[nodiscard]] std::optional<double> value_of(Metric metric, const problem::Evaluation& evaluation);

/// Reached when an evaluation's figure is at or past the bound.
struct Target {
  Metric metric = Metric::gradient_norm;
  std::optional<double> below;  ///< exactly one of the two is set
  std::optional<double> above;

  static void fields(auto& self, auto&& field) {
    field("metric", self.metric,
          Field{.doc = "loss, gradient_norm, accuracy, test_loss, test_accuracy or test_score"});
    field("below", self.below,
          Field{.unit = "of the metric", .doc = "reached at this value or less"});
    field("above", self.above,
          Field{.unit = "of the metric", .doc = "reached at this value or more"});
  }

  [[nodiscard]] bool reached(const problem::Evaluation& evaluation) const;
};

/// A run ends at the first of these. At least one is set.
struct Stop {
  std::optional<std::uint64_t> steps;      ///< server steps
  std::optional<Time> time;                ///< virtual or real
  std::optional<std::uint64_t> gradients;  ///< oracle calls whose updates have arrived
  std::optional<Target> target;
  double loss_above = infinity;  ///< an evaluated loss above this counts as divergence

  static void fields(auto& self, auto&& field) {
    field("steps", self.steps,
          Field{.unit = "steps", .min = 1, .doc = "after so many server steps"});
    field("time", self.time,
          Field{.unit = "s", .min = 0, .above_min = true, .doc = "after so much time"});
    field("gradients", self.gradients,
          Field{.unit = "gradients",
                .min = 1,
                .doc = "after so many gradients (oracle calls) have arrived"});
    field("target", self.target, Field{.doc = "as soon as an evaluation reaches it"});
    field("loss_above", self.loss_above,
          Field{.doc = "an evaluated loss above this counts as divergence"});
  }
};

/// When the whole model is evaluated; free in virtual time. Always at the beginning and at the end.
struct Evaluate {
  std::optional<std::uint64_t> every_steps;
  std::optional<Time> every;

  static void fields(auto& self, auto&& field) {
    field("every_steps", self.every_steps,
          Field{.unit = "steps", .min = 1, .doc = "after every so many server steps"});
    field("every", self.every,
          Field{.unit = "s", .min = 0, .above_min = true, .doc = "every so much time"});
  }
};

/// Why a run ended.
///
///   idle       nobody has work any more
///   fruitless  a million events in a row brought no update of use: it would never step again
enum class Ending { target, steps, time, gradients, diverged, idle, fruitless, interrupted };

[[nodiscard]] std::string_view to_string(Ending ending);
/// The ending that to_string() calls so; nothing if there is none.
[[nodiscard]] std::optional<Ending> ending_from(std::string_view text);

/// One row of a run's metrics.
struct Sample {
  Version step = 0;
  Time time;                        ///< virtual or real, since the beginning
  std::uint64_t gradients = 0;      ///< oracle calls whose updates have arrived
  double staleness_mean = 0;        ///< over all arrivals so far [steps]
  std::uint64_t staleness_max = 0;  ///< [steps]
  std::uint64_t discarded = 0;      ///< updates so far
  problem::Evaluation evaluation;
};

/// What came of a run.
struct RunResult {
  Ending ending = Ending::idle;
  std::vector<Sample> samples;   ///< the first is the starting point, the last the final model
  std::optional<Sample> target;  ///< where the target was reached
  Version steps = 0;
  Time time;
  std::uint64_t gradients = 0;
  policy::ServerCounts counts;
  std::vector<std::string> remarks;   ///< of the method's parts about the run, a line each
  double concurrency_mean = 0;        ///< tau_C: jobs in flight, averaged over arrivals [jobs]
  std::uint64_t concurrency_max = 0;  ///< [jobs]
  std::vector<double> utilization;    ///< share of the time each worker computed
  double wall_seconds = 0;            ///< how long the engine took; not reproducible
  std::vector<Real> model;            ///< the final model
  std::uint64_t model_hash = 0;       ///< its fingerprint

  /// A few lines for people.
  [[nodiscard]] std::string summary() const;
};

/// Written by a running engine every now and then, read by whoever draws a progress bar.
struct Progress {
  std::atomic<std::uint64_t> steps = 0;
  std::atomic<std::uint64_t> gradients = 0;
  std::atomic<std::int64_t> time_ns = 0;
  std::atomic<double> loss = 0;
  std::atomic<double> share = 0;  ///< of the nearest stop rule, 0 to 1
};

/// Looks on. Called on the engine's thread, in the order of events; must not change anything.
class Observer {
 public:
  virtual ~Observer() = default;
  /// A worker was given a job from `version`.
  virtual void started(WorkerId /*worker*/, JobNumber /*job*/, Version /*version*/, Time /*now*/) {}
  /// A job was dropped: its update will not arrive.
  virtual void canceled(WorkerId /*worker*/, JobNumber /*job*/, Time /*now*/) {}
  /// An update is about to be handed to the server; `update` is as the worker sent it.
  virtual void arrived(const policy::Arrived& /*arrived*/, policy::Update& /*update*/,
                       Time /*now*/) {}
  /// The model has a new version.
  virtual void stepped(Version /*version*/, std::span<const Real> /*model*/, Time /*now*/) {}
  virtual void evaluated(const Sample& /*sample*/) {}
  /// A resumed run begins; these are the samples it had already taken.
  virtual void restored(const std::vector<Sample>& /*samples*/) {}
  /// What an observer has to know again when a checkpointed run is resumed; saved with the run.
  virtual void state(Archive& /*archive*/) {}
};

}  // namespace tailrace::engine
