#include "cli/what_if.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <thread>
#include <utility>

#include "cli/console.hpp"
#include "cli/experiment.hpp"
#include "cli/guarded.hpp"
#include "tailrace/delay/fit.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/report/run_folder.hpp"
#include "tailrace/report/table.hpp"
#include "tailrace/spec/prepare.hpp"

namespace tailrace::cli {
namespace {

using Times = std::vector<std::vector<Time>>;

Result<Times> times_of(const Recording& recording) {
  Times times = recording.times.times();
  if (!times.empty()) return times;
  return fail({.code = "cli/no-times",
               .what = "no job of this run has ended, so there are no times to take from it",
               .where = {},
               .fix = "take a longer run"});
}

/// Of computing alone where that was measured.
Result<Times> work_times_of(const Recording& recording) {
  if (recording.measured) return recording.measured->compute;
  return times_of(recording);
}

/// The line of [workers] about messages, if anything is known of them.
std::string network_of(const Recording& recording) {
  if (!recording.measured || !recording.measured->network) return {};
  return delay::to_toml(*recording.measured->network);
}

std::vector<std::vector<double>> seconds_of(const Times& times) {
  std::vector<std::vector<double>> seconds;
  for (const std::vector<Time>& of_worker : times) {
    std::vector<double>& last = seconds.emplace_back();
    for (const Time time : of_worker) last.push_back(time.seconds());
  }
  return seconds;
}

/// The experiment of the recording with that method: one of its own, or a recipe in their place.
Result<spec::Prepared> prepare_other(const Recording& recording, const std::string& method,
                                     const std::vector<std::string>& sets) {
  const Result<spec::Experiment> own = read_experiment(recording.experiment, {});
  if (!own) return fail(own.error());
  const bool is_own = std::any_of(own->methods.begin(), own->methods.end(),
                                  [&](const auto& other) { return other.name == method; });
  std::vector<spec::Override> overrides = {{.key = "run.seeds",
                                            .value = fmt::format("[{}]", recording.seed),
                                            .label = "seed of the folder"}};
  if (!is_own) {
    overrides.push_back({.key = "method",
                         .value = fmt::format("[{{ recipe = \"{}\" }}]", method),
                         .label = "--method " + method});
  }
  Result<std::vector<spec::Override>> set = parse_sets(sets);
  if (!set) return fail(set.error());
  std::move(set->begin(), set->end(), std::back_inserter(overrides));
  return spec::prepare(recording.experiment, overrides);
}

Result<engine::RunResult> simulate_other(const Recording& recording, const spec::Prepared& prepared,
                                         const std::string& method, Times times) {
  const spec::Experiment& experiment = prepared.experiment;
  const Result<std::size_t> index = find_method(method, experiment);
  if (!index) return fail(index.error());
  if (experiment.workers.count != times.size()) {
    return fail({.code = "cli/other-experiment",
                 .what = fmt::format("the times are of {} workers, and the experiment has {}",
                                     times.size(), experiment.workers.count),
                 .where = "workers.count",
                 .fix = "leave the workers as they were recorded"});
  }
  const std::uint32_t threads = experiment.run.threads;
  engine::RunOptions options;
  options.seed = recording.seed;
  options.stop = experiment.run.stop;
  options.evaluate = experiment.run.evaluate;
  options.threads = threads > 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
  engine::TimesAgain timing(std::move(times));
  const policy::Method parts = experiment.methods[*index].method();
  return guarded(
      method, [&] { return engine::simulate(*prepared.problems.front(), parts, timing, options); });
}

void print_row(const std::string& name, const std::string& recorded, const std::string& other) {
  fmt::print("  {:<20}{:>24}{:>24}\n", name, recorded, other);
}

std::string seconds_to(const std::optional<engine::Sample>& target) {
  return target ? fmt::format("{:.6g} s", target->time.seconds()) : "not reached";
}

void print_both(const Recording& recording, const std::string& method,
                const engine::RunResult& other) {
  const engine::RunResult& recorded = recording.result;
  const auto row = [&](const std::string& name, const auto& value) {
    print_row(name, value(recorded), value(other));
  };
  using Run = engine::RunResult;
  fmt::print("\nwhat {} would have done with the times of this run:\n", method);
  print_row("", recording.method + ", recorded", method + ", estimated");
  row("time", [](const Run& run) { return fmt::format("{:.6g} s", run.time.seconds()); });
  row("steps", [](const Run& run) { return std::to_string(run.steps); });
  row("gradients", [](const Run& run) { return std::to_string(run.gradients); });
  row("loss",
      [](const Run& run) { return report::short_number(run.samples.back().evaluation.loss); });
  row("gradient norm", [](const Run& run) {
    return report::short_number(run.samples.back().evaluation.gradient_norm);
  });
  row("staleness",
      [](const Run& run) { return fmt::format("{:.3g}", run.counts.staleness_mean()); });
  if (recording.target || other.target) {
    print_row("time to the target", seconds_to(recording.target), seconds_to(other.target));
  }
  fmt::print("{} ends: {}\n", method, engine::to_string(other.ending));
}

/// What the times leave open.
void print_doubts(const engine::RecordedTimes& times, std::uint64_t guessed) {
  if (times.canceled_jobs() > 0) {
    fmt::print(
        "{} canceled jobs are left out, as nobody knows how long they would have taken: slow jobs "
        "are rarer here than they were\n",
        times.canceled_jobs());
  }
  if (guessed > 0) fmt::print("{} workers delivered nothing: their times are guesses\n", guessed);
}

/// The same of times of which messages are no part, if that was measured.
void print_work_doubts(const Recording& recording) {
  const auto& measured = recording.measured;
  print_doubts(recording.times,
               measured ? measured->guessed_workers : recording.times.guessed_workers());
  if (!measured) return;
  fmt::print("the times are what workers say that they computed\n");
  if (!measured->network) return;
  const delay::FittedNetwork& network = *measured->network;
  fmt::print(
      "the network is the closest to what {} jobs took beyond that, 2 latency + bytes / bandwidth "
      "by medians (Theil-Sen): half of them are off by at most {:.3g} s{}\n",
      network.passages, network.error_seconds,
      network.bandwidth < delay::Bandwidth{}
          ? ""
          : "; messages differ too little in size to tell a bandwidth");
}

}  // namespace

Status try_method(const Recording& recording, const std::string& method,
                  const std::vector<std::string>& sets) {
  Result<Times> times = times_of(recording);
  if (!times) return fail(times.error());
  const Result<spec::Prepared> prepared = prepare_other(recording, method, sets);
  if (!prepared) return fail(prepared.error());
  const Result<engine::RunResult> other =
      simulate_other(recording, *prepared, method, std::move(*times));
  if (!other) return fail(other.error());
  print_both(recording, method, *other);
  fmt::print(
      "an estimate: each worker takes its recorded times again, one after the other for every "
      "local step, whatever the method; a worker's speed at a moment, and what a method's messages "
      "weigh, it does not know\n");
  print_doubts(recording.times, recording.times.guessed_workers());
  return {};
}

Status write_delays(const Recording& recording, const std::string& file) {
  const Result<Times> times = work_times_of(recording);
  if (!times) return fail(times.error());
  std::size_t rows = 0;
  std::size_t fewest = times->front().size();
  for (const std::vector<Time>& of_worker : *times) {
    rows = std::max(rows, of_worker.size());
    fewest = std::min(fewest, of_worker.size());
  }
  std::string text = fmt::format(
      "# seconds of a local step: one column a worker of {}, seed {}; columns have {} to {} times "
      "of their own and then begin anew\n",
      recording.method, recording.seed, fewest, rows);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t worker = 0; worker < times->size(); ++worker) {
      const std::vector<Time>& of_worker = (*times)[worker];
      text += fmt::format("{}{:.10g}", worker == 0 ? "" : ",",
                          of_worker[row % of_worker.size()].seconds());
    }
    text += '\n';
  }
  if (Status written = report::write_text(file, text); !written) return written;
  fmt::print(
      "the times of {} workers are in {}; to run with them:\n\n[workers]\ncount = {}\nspeed = 1\n"
      "delay = {{ kind = \"trace\", file = \"{}\" }}\nper = \"job\"\n{}\n",
      times->size(), file, times->size(), file, network_of(recording));
  print_work_doubts(recording);
  return {};
}

Status print_fit(const Recording& recording) {
  const Result<Times> times = work_times_of(recording);
  if (!times) return fail(times.error());
  const Result<delay::FittedWorkers> fitted = delay::fit_workers(seconds_of(*times));
  if (!fitted) return fail(fitted.error());
  const delay::FittedLaw& best = fitted->laws.front();
  fmt::print(
      "the closest law to {} times, at a Kolmogorov-Smirnov distance of {:.3g} (by chance alone up "
      "to {:.2g}):\n\n{}{}\n",
      fitted->samples, best.distance, 1.36 / std::sqrt(static_cast<double>(fitted->samples)),
      delay::to_toml(*fitted), network_of(recording));
  for (const delay::FittedLaw& law : fitted->laws) {
    if (&law != &best) fmt::print("  {:.3g} from {}\n", law.distance, law.delay);
  }
  print_work_doubts(recording);
  return {};
}

}  // namespace tailrace::cli
