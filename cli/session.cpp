#include "cli/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "cli/fingerprint.hpp"
#include "cli/guarded.hpp"
#include "cli/instruments.hpp"
#include "cli/interrupt.hpp"
#include "tailrace/core/parallel.hpp"
#include "tailrace/delay/workers.hpp"
#include "tailrace/engine/run_log.hpp"
#include "tailrace/engine/threads/run_threads.hpp"
#include "tailrace/neural/weights.hpp"

namespace tailrace::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* model_file = "model.safetensors";

std::string slurp(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

std::vector<Session::Task> Session::every_task() const {
  std::vector<Task> tasks;
  // Seed by seed, so that a comparison that is interrupted has whole columns.
  for (std::size_t seed = 0; seed < prepared_.experiment.run.seeds.size(); ++seed) {
    for (std::size_t method = 0; method < prepared_.experiment.methods.size(); ++method) {
      tasks.push_back({.method = method, .seed = seed});
    }
  }
  return tasks;
}

bool Session::wanted(const Task& task) const {
  const spec::Experiment& experiment = prepared_.experiment;
  return !only_ || (experiment.methods[task.method].name == only_->method &&
                    experiment.run.seeds[task.seed] == only_->seed);
}

std::vector<Session::Task> Session::tasks() const {
  std::vector<Task> tasks = every_task();
  std::erase_if(tasks, [this](const Task& task) { return !wanted(task); });
  return tasks;
}

std::string Session::name_of(const Task& task) const {
  return fmt::format("{}, seed {}", prepared_.experiment.methods[task.method].name,
                     prepared_.experiment.run.seeds[task.seed]);
}

std::vector<std::string> Session::names() const {
  std::vector<std::string> names;
  for (const Task& task : tasks()) names.push_back(name_of(task));
  return names;
}

std::size_t Session::cores() const {
  const std::uint32_t wanted = prepared_.experiment.run.threads;
  return wanted > 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
}

bool Session::simulates() const { return prepared_.experiment.run.engine == spec::Engine::sim; }

Session::Outcomes Session::execute_all(const std::vector<Task>& tasks,
                                       ProgressDisplay& display) const {
  const std::size_t side_by_side = simulates() ? std::min(cores(), tasks.size()) : 1;
  const std::size_t threads = std::max<std::size_t>(1, cores() / side_by_side);
  Outcomes results(tasks.size());
  std::atomic<bool> failed = false;
  Pool(side_by_side).run(tasks.size(), [&](std::size_t i) {
    if (failed || interrupt_flag()) return;
    display.started(i);
    results[i] =
        guarded(name_of(tasks[i]), [&] { return execute(tasks[i], threads, display.progress(i)); });
    if (!*results[i]) failed = true;
    display.finished(i);
  });
  return results;
}

Result<std::vector<report::Outcome>> Session::run(ProgressDisplay& display) {
  Outcomes executed = execute_all(tasks(), display);
  auto next = executed.begin();
  std::vector<report::Outcome> outcomes;
  Errors errors;
  for (const Task& task : every_task()) {
    std::optional<Result<report::Outcome>> result =
        wanted(task) ? std::move(*next++) : finished(task);
    if (!result) continue;
    if (*result) {
      outcomes.push_back(std::move(**result));
    } else {
      std::move(result->error().begin(), result->error().end(), std::back_inserter(errors));
    }
  }
  if (!errors.empty()) return fail(std::move(errors));
  return outcomes;
}

std::optional<Result<report::Outcome>> Session::finished(const Task& task) const {
  const spec::Experiment& experiment = prepared_.experiment;
  const spec::MethodSpec& method = experiment.methods[task.method];
  const std::uint64_t seed = experiment.run.seeds[task.seed];
  const fs::path folder = folder_.run(method.name, seed);
  const fs::path file = folder / "result.json";
  std::error_code error;
  if (!fs::exists(file, error)) return std::nullopt;
  // Whoever asks for the model later gets it: the run is made again, with the same bits.
  if (experiment.run.save_model && !fs::exists(folder / model_file, error)) return std::nullopt;
  Result<report::Outcome> outcome =
      report::outcome_from_json(slurp(file), slurp(folder / "metrics.jsonl"), file.string());
  if (outcome && !may_be_result_of(outcome->fingerprint, experiment, method, seed)) {
    return fail({.code = "cli/other-experiment",
                 .what = "this result was made with other options than those in experiment.toml",
                 .where = file.string(),
                 .fix = "remove the folder of this run to make it again"});
  }
  return outcome;
}

Result<report::Outcome> Session::execute(const Task& task, std::size_t threads,
                                         engine::Progress& progress) const {
  const spec::Experiment& experiment = prepared_.experiment;
  const spec::MethodSpec& method = experiment.methods[task.method];
  const std::uint64_t seed = experiment.run.seeds[task.seed];
  Result<std::string> run_folder = folder_.make_run(method.name, seed);
  if (!run_folder) return fail(run_folder.error());
  if (resume_) {
    if (auto outcome = finished(task)) return std::move(*outcome);
  }
  auto instruments = Instruments::make({.experiment = experiment,
                                        .method = method,
                                        .seed = seed,
                                        .problem = *prepared_.problems[task.seed],
                                        .folder = *run_folder});
  if (!instruments) return fail(instruments.error());
  engine::RunOptions options;
  options.seed = seed;
  options.stop = experiment.run.stop;
  options.evaluate = experiment.run.evaluate;
  options.threads = threads;
  options.progress = &progress;
  options.observer = &(*instruments)->observer();
  options.interrupt = &interrupt_flag();
  Result<engine::RunResult> result = compute(task, *run_folder, options);
  if (!result) return fail(result.error());
  report::Outcome outcome = report::outcome_of(method.name, seed, *result);
  if (Status noted = (*instruments)->finish(*result, outcome); !noted) return fail(noted.error());
  outcome.fingerprint = result_fingerprint_of(experiment, method, seed);
  if (outcome.ending != engine::Ending::interrupted) {
    if (experiment.run.save_model) {
      const Layout& layout = prepared_.problems[task.seed]->layout();
      Status saved = neural::save_weights(fs::path(*run_folder) / model_file,
                                          neural::weights_of(layout, result->model));
      if (!saved) return fail(saved.error());
    }
    const std::string file = (fs::path(*run_folder) / "result.json").string();
    if (Status written = report::write_text(file, report::to_json(outcome)); !written) {
      return fail(written.error());
    }
  }
  return outcome;
}

Result<engine::RunResult> Session::compute(const Task& task, const std::string& run_folder,
                                           engine::RunOptions& options) const {
  const spec::Experiment& experiment = prepared_.experiment;
  const spec::MethodSpec& method = experiment.methods[task.method];
  const problem::Problem& problem = *prepared_.problems[task.seed];
  const std::uint64_t fingerprint = fingerprint_of(experiment, method, options.seed);
  Result<engine::RunLogWriter> log =
      engine::RunLogWriter::open((fs::path(run_folder) / "run.log").string(), fingerprint, resume_);
  if (!log) return fail(log.error());
  options.log = &*log;
  options.checkpoint = {.path = (fs::path(run_folder) / "checkpoint").string(),
                        .every_wall_seconds = experiment.run.checkpoint_every.seconds(),
                        .resume = resume_,
                        .fingerprint = fingerprint,
                        .keep = carry_ ? experiment.cluster.keep_checkpoints : 1};
  const policy::Method parts = method.method();
  if (carry_) {
    return carry_({.experiment = experiment,
                   .spec = method,
                   .method = parts,
                   .problem = problem,
                   .options = options,
                   .fingerprint = fingerprint,
                   .folder = run_folder});
  }
  auto timing = delay::build_timing(
      experiment.workers, {.seed = options.seed,
                           .dimension = problem.dimension(),
                           .upload_bytes = parts.send.message(problem.dimension()).bytes()});
  if (!timing) return fail(timing.error());
  if (simulates()) return engine::simulate(problem, parts, **timing, options);
  return engine::run_threads(problem, parts, experiment.run.waits ? timing->get() : nullptr,
                             options);
}

}  // namespace tailrace::cli
