#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/engine/run.hpp"

namespace tailrace::engine {

/// Where a run stands, as its engine sees it.
struct Standing {
  Version step = 0;
  Time time;
  std::uint64_t gradients = 0;
  const policy::ServerCounts* counts = nullptr;
};

/// Decides when to evaluate and when to end, keeps the samples and feeds the progress bar. The
/// rules are the same for every engine; engines only tell it where they stand.
class Monitor {
 public:
  Monitor(const problem::Problem& problem, const Stop& stop, const Evaluate& evaluate,
          Progress* progress, Observer* observer, Pool* pool);

  /// The next moment at which the clock alone calls for something (an evaluation or the end).
  [[nodiscard]] Time next_moment() const { return next_moment_; }
  [[nodiscard]] bool evaluation_due(Time now) const { return now >= next_evaluation_; }
  /// The clock shows `now`: plans the next evaluation, ends the run if its time is up.
  void pass(Time now);

  /// Whether a step that leads to `version` calls for an evaluation.
  [[nodiscard]] bool evaluates_after(Version version) const {
    return evaluate_.every_steps && version % *evaluate_.every_steps == 0;
  }
  /// Records an evaluation of this model (the same version is not computed twice) and checks the
  /// target.
  void evaluate(const Standing& standing, std::span<const Real> model);
  /// Records figures that were computed elsewhere.
  void record(const Standing& standing, const problem::Evaluation& evaluation);

  /// Applies the rules that count steps and gradients; called after every arrival and timer.
  void after_arrival(const Standing& standing, bool diverged);
  void end(Ending ending) {
    if (!ending_) ending_ = ending;
  }
  [[nodiscard]] const std::optional<Ending>& ending() const { return ending_; }

  void report(const Standing& standing);

  /// Adds the last sample and fills in what the monitor knows.
  void finish(const Standing& standing, std::span<const Real> model, RunResult& result);

  [[nodiscard]] const std::vector<Sample>& samples() const { return samples_; }
  void state(Archive& archive);

 private:
  /// Notices that updates arrive, or jobs are given up, all in vain.
  void watch_progress(const Standing& standing);
  [[nodiscard]] double share(const Standing& standing) const;
  void plan_next_moment();

  const problem::Problem* problem_;
  Stop stop_;
  Evaluate evaluate_;
  Progress* progress_;
  Observer* observer_;
  Pool* pool_;
  std::vector<Sample> samples_;
  std::optional<Sample> target_;
  Time next_evaluation_ = Time::never();
  Time next_moment_ = Time::never();
  std::optional<Ending> ending_;
  Version last_step_ = 0;
  std::uint64_t useful_ = 0;     ///< most updates that were of use at once since the last step
  std::uint64_t fruitless_ = 0;  ///< events since that number or the step has grown
};

}  // namespace tailrace::engine
