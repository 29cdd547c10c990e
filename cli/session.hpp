#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/progress.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/report/outcome.hpp"
#include "tailrace/report/run_folder.hpp"
#include "tailrace/spec/prepare.hpp"

namespace tailrace::cli {

/// Fingerprint of everything that decides the bits of one run; run logs and checkpoints carry it.
[[nodiscard]] std::uint64_t fingerprint_of(const spec::Experiment& experiment,
                                           const spec::MethodSpec& method, std::uint64_t seed);

/// All runs of an experiment: every method with every seed.
///
/// Simulations are independent of each other and run side by side, as many as there are cores; in
/// real time one run follows the other, or they would slow each other down. Neither changes a bit
/// of a simulation.
class Session {
 public:
  Session(const spec::Prepared& prepared, const report::RunFolder& folder, bool resume)
      : prepared_(prepared), folder_(folder), resume_(resume) {}

  /// "clip2, seed 2" for every run.
  [[nodiscard]] std::vector<std::string> names() const;

  /// What came of the runs; those that were interrupted before they began are missing.
  [[nodiscard]] Result<std::vector<report::Outcome>> run(ProgressDisplay& display);

 private:
  struct Task {
    std::size_t method = 0;
    std::size_t seed = 0;
  };
  [[nodiscard]] std::vector<Task> tasks() const;
  [[nodiscard]] std::size_t cores() const;
  [[nodiscard]] bool simulates() const;

  [[nodiscard]] Result<report::Outcome> execute(const Task& task, std::size_t threads,
                                                engine::Progress& progress) const;
  [[nodiscard]] Result<engine::RunResult> compute(const Task& task, const std::string& run_folder,
                                                  engine::RunOptions& options) const;
  [[nodiscard]] static std::optional<Result<report::Outcome>> finished(
      const std::string& run_folder);

  const spec::Prepared& prepared_;
  const report::RunFolder& folder_;
  bool resume_;
};

}  // namespace tailrace::cli
