#include "tailrace/tune/tune.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <iterator>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

#include "tailrace/core/hash.hpp"
#include "tailrace/core/parallel.hpp"
#include "tailrace/spec/toml.hpp"
#include "tailrace/spec/writer.hpp"
#include "tailrace/tune/parameter.hpp"
#include "tailrace/tune/trial.hpp"

namespace tailrace::tune {
namespace {

/// Everything that decides what a tuning finds.
std::uint64_t fingerprint_of(const spec::Experiment& experiment, const Plan& plan) {
  std::string text = spec::to_toml(spec::Writer::node(experiment.run.stop));
  for (const std::uint64_t seed : experiment.run.seeds) {
    text += spec::identity(experiment, experiment.methods[plan.method], seed);
  }
  for (const Range& range : plan.ranges) {
    text += fmt::format("{} = {}:{}\n", range.path, range.low, range.high);
  }
  const Halving& halving = plan.halving;
  text += fmt::format("{} {} {} {}\n", name_of(plan.metric), halving.budget, halving.keep_one_in,
                      halving.rungs);
  return hash_bytes(text.data(), text.size());
}

double score_of(const Finding& finding, engine::Metric metric) {
  if (!std::isfinite(finding.metric)) return infinity;
  return more_is_better(metric) ? -finding.metric : finding.metric;
}

class Tuning {
 public:
  Tuning(const spec::Prepared& prepared, const Plan& plan, const TuneOptions& options)
      : prepared_(prepared),
        plan_(plan),
        options_(options),
        setup_{.prepared = &prepared,
               .method = &prepared.experiment.methods[plan.method],
               .names = plan.names(),
               .metric = plan.metric,
               .folder = options.checkpoints},
        search_(plan.ranges, plan.start, plan.halving, prepared.experiment.run.seeds.size()) {}

  Result<Tuned> run() {
    if (!options_.journal.empty()) {
      Result<Journal> journal =
          Journal::open(options_.journal,
                        {.fingerprint = fingerprint_of(prepared_.experiment, plan_),
                         .names = setup_.names,
                         .metric = std::string(name_of(plan_.metric))},
                        options_.resume);
      if (!journal) return fail(journal.error());
      journal_ = std::move(*journal);
      known_ = journal_->findings();
    }
    while (!search_.finished()) {
      if (Status done = rung(); !done) return fail(done.error());
      if (interrupted_) break;
    }
    return Tuned{.plan = plan_,
                 .search = std::move(search_),
                 .trials = trials_,
                 .taken_over = std::min(taken_, known_.size()),
                 .interrupted = interrupted_};
  }

 private:
  Status rung() {
    const std::vector<Trial> trials = search_.trials();
    findings_.assign(trials.size(), std::nullopt);
    for (std::size_t i = 0; i < trials.size() && taken_ < known_.size(); ++i, ++taken_) {
      if (known_[taken_].trial != trials[i]) return out_of_order();
      findings_[i] = known_[taken_];
    }
    written_ = 0;
    while (written_ < trials.size() && findings_[written_]) ++written_;
    carry_out(trials);
    if (!errors_.empty()) return fail(std::move(errors_));
    if (interrupted_) return {};
    std::vector<double> scores;
    for (const auto& finding : findings_) scores.push_back(score_of(*finding, plan_.metric));
    trials_ += trials.size();
    search_.tell(scores);
    forget_what_ended(trials);
    return {};
  }

  Status out_of_order() const {
    return fail({.code = "tune/damaged",
                 .what = "the journal's trials are not those of this tuning",
                 .where = options_.journal,
                 .fix = "begin anew: --overwrite"});
  }

  [[nodiscard]] std::string name_of_trial(const Trial& trial) const {
    std::string text;
    const std::vector<double>& values = search_.values(trial.candidate);
    for (std::size_t i = 0; i < values.size(); ++i) {
      text += fmt::format("{}{} {}", i > 0 ? ", " : "", setup_.names[i], values[i]);
    }
    return fmt::format("{}, seed {}", text, prepared_.experiment.run.seeds[trial.seed]);
  }

  /// Side by side, as many as there are threads; what is left of the threads goes into each.
  void carry_out(const std::vector<Trial>& trials) {
    std::vector<std::string> names;
    for (const Trial& trial : trials) names.push_back(name_of_trial(trial));
    Watcher silent;
    Watcher& watcher = options_.watcher != nullptr ? *options_.watcher : silent;
    const std::size_t open = trials.size() - written_;
    const std::size_t side_by_side = std::max<std::size_t>(1, std::min(options_.threads, open));
    const std::size_t threads = std::max<std::size_t>(1, options_.threads / side_by_side);
    const std::size_t first = written_;
    watcher.rung_begins(names);
    Pool(side_by_side).run(open, [&](std::size_t chunk) {
      if (stopped()) return;
      const std::size_t i = first + chunk;
      accept(i, watcher.carry_out(i, [&](engine::Progress* progress) {
        return find_out(
            trials[i], {.threads = threads, .progress = progress, .interrupt = options_.interrupt});
      }));
    });
    watcher.rung_ended();
    if (options_.interrupt != nullptr && options_.interrupt->load()) {
      interrupted_ = written_ < trials.size();
    }
  }

  bool stopped() {
    const std::lock_guard lock(mutex_);
    return !errors_.empty() ||
           (options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_relaxed));
  }

  Result<Finding> find_out(const Trial& trial, const TrialComputing& computing) const {
    const std::vector<double>& values = search_.values(trial.candidate);
    const std::string text = spec::to_toml(tuned_experiment(prepared_.experiment, plan_, values));
    if (!spec::parse_experiment(text)) {
      return Finding{.trial = trial,
                     .values = values,
                     .ending = engine::Ending::idle,
                     .metric = std::numeric_limits<double>::quiet_NaN()};
    }
    return run_trial(setup_, trial, values, search_.length(trial.rung), computing);
  }

  /// Keeps what a trial found; the journal gets it when all trials before it are there.
  void accept(std::size_t i, Result<Finding> finding) {
    const std::lock_guard lock(mutex_);
    if (!finding) {
      std::move(finding.error().begin(), finding.error().end(), std::back_inserter(errors_));
      return;
    }
    if (finding->ending == engine::Ending::interrupted) return;
    findings_[i] = std::move(*finding);
    for (; written_ < findings_.size() && findings_[written_]; ++written_) {
      if (!journal_) continue;
      if (Status added = journal_->add(*findings_[written_]); !added) {
        std::move(added.error().begin(), added.error().end(), std::back_inserter(errors_));
        return;
      }
    }
  }

  /// Checkpoints that nothing will go on from: of the rung before, and of what is not kept.
  void forget_what_ended(const std::vector<Trial>& trials) {
    const std::vector<Trial>& next = search_.trials();
    for (Trial trial : trials) {
      if (trial.rung > 0) forget_trial(setup_, {trial.candidate, trial.rung - 1, trial.seed});
      const bool goes_on = std::any_of(next.begin(), next.end(), [&](const Trial& later) {
        return later.candidate == trial.candidate && later.rung == trial.rung + 1;
      });
      if (!goes_on) forget_trial(setup_, trial);
    }
  }

  const spec::Prepared& prepared_;
  const Plan& plan_;
  const TuneOptions& options_;
  TrialSetup setup_;
  Search search_;
  std::optional<Journal> journal_;
  std::vector<Finding> known_;  ///< from the journal
  std::size_t taken_ = 0;       ///< of these
  std::size_t trials_ = 0;
  std::mutex mutex_;
  std::vector<std::optional<Finding>> findings_;  ///< of the rung
  std::size_t written_ = 0;                       ///< of these, in the journal
  Errors errors_;
  bool interrupted_ = false;
};

}  // namespace

spec::Experiment tuned_experiment(const spec::Experiment& experiment, const Plan& plan,
                                  const std::vector<double>& values) {
  spec::Experiment tuned = experiment;
  tuned.methods = {with_values(experiment.methods[plan.method], plan.names(), values)};
  tuned.methods.front().group.clear();
  return tuned;
}

Result<Tuned> tune(const spec::Prepared& prepared, const Plan& plan, const TuneOptions& options) {
  return Tuning(prepared, plan, options).run();
}

}  // namespace tailrace::tune
