#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "tailrace/core/result.hpp"
#include "tailrace/spec/prepare.hpp"
#include "tailrace/tune/journal.hpp"
#include "tailrace/tune/plan.hpp"
#include "tailrace/tune/search.hpp"

namespace tailrace::tune {

/// Stands around trials: shows progress, and keeps what third parties throw from ending a thread.
class Watcher {
 public:
  using Run = std::function<Result<Finding>(engine::Progress*)>;
  Watcher() = default;
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  virtual ~Watcher() = default;

  /// A rung begins with these trials; before any of its threads.
  virtual void rung_begins(const std::vector<std::string>& /*names*/) {}
  /// Carries a trial of the rung out; called on any thread.
  virtual Result<Finding> carry_out(std::size_t /*trial*/, const Run& run) { return run(nullptr); }
  virtual void rung_ended() {}
};

/// How a tuning is computed. None of this changes what it finds.
struct TuneOptions {
  std::string journal;      ///< file; empty: none, and nothing to resume
  std::string checkpoints;  ///< folder that exists; empty: every rung starts over
  bool resume = false;
  std::size_t threads = 1;
  const std::atomic<bool>* interrupt = nullptr;
  Watcher* watcher = nullptr;
};

/// What a tuning found.
struct Tuned {
  Plan plan;
  Search search;
  std::size_t trials = 0;      ///< made, now and before
  std::size_t taken_over = 0;  ///< of these, read from the journal
  bool interrupted = false;
};

/// Searches the best values of a plan's numbers by successive halving over simulations. Trials run
/// side by side on `threads` threads; the result and the journal do not depend on their number, nor
/// on having been stopped and resumed.
///
/// A candidate that the experiment's own checks refuse, such as one with its lower clip threshold
/// above the upper one, counts as diverged.
///
/// Errors  those of Journal and of run_trial(). What a trial throws and the watcher lets through is
///         thrown to the caller when no other trial is under way.
[[nodiscard]] Result<Tuned> tune(const spec::Prepared& prepared, const Plan& plan,
                                 const TuneOptions& options);

/// The experiment with nothing but the tuned method, at these values.
[[nodiscard]] spec::Experiment tuned_experiment(const spec::Experiment& experiment,
                                                const Plan& plan,
                                                const std::vector<double>& values);

}  // namespace tailrace::tune
