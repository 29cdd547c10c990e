#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/begin.hpp"
#include "cli/carry.hpp"
#include "cli/progress.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/report/outcome.hpp"

namespace tailrace::cli {

/// The runs of an experiment: every method with every seed, or the one that is wanted.
///
/// Simulations are independent of each other and run side by side, as many as there are cores; in
/// real time one run follows the other, or they would slow each other down. Neither changes a bit
/// of a simulation.
class Session {
 public:
  /// `carry` is for engines of many machines; empty: there are none.
  Session(const Begun& begun, bool resume, const Carry& carry = {})
      : prepared_(begun.prepared),
        folder_(begun.folder),
        only_(begun.only),
        resume_(resume),
        carry_(carry) {}

  /// "clip2, seed 2" for every run that is wanted.
  [[nodiscard]] std::vector<std::string> names() const;

  /// What came of the runs, with what is known of those that are not wanted now; those that were
  /// interrupted before they began are missing. A run that fails leaves the others to end.
  ///
  /// Errors  of all runs that failed; cli/out-of-memory, cli/system and problem/failed for what was
  ///         thrown.
  [[nodiscard]] Result<std::vector<report::Outcome>> run(ProgressDisplay& display);

 private:
  struct Task {
    std::size_t method = 0;
    std::size_t seed = 0;
  };
  [[nodiscard]] std::vector<Task> every_task() const;
  [[nodiscard]] std::vector<Task> tasks() const;
  [[nodiscard]] std::string name_of(const Task& task) const;
  [[nodiscard]] bool wanted(const Task& task) const;
  using Outcomes = std::vector<std::optional<Result<report::Outcome>>>;  ///< none: not begun
  /// Carries tasks out side by side.
  [[nodiscard]] Outcomes execute_all(const std::vector<Task>& tasks,
                                     ProgressDisplay& display) const;
  [[nodiscard]] std::size_t cores() const;
  [[nodiscard]] bool simulates() const;

  [[nodiscard]] Result<report::Outcome> execute(const Task& task, std::size_t threads,
                                                engine::Progress& progress) const;
  [[nodiscard]] Result<engine::RunResult> compute(const Task& task, const std::string& run_folder,
                                                  engine::RunOptions& options) const;
  /// The result of a run that has one already.
  [[nodiscard]] std::optional<Result<report::Outcome>> finished(const Task& task) const;

  const spec::Prepared& prepared_;
  const report::RunFolder& folder_;
  const std::optional<Chosen>& only_;
  bool resume_;
  Carry carry_;
};

}  // namespace tailrace::cli
