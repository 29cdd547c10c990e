#include "tailrace/engine/replay.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/fingerprint.hpp"
#include "cli/guarded.hpp"
#include "cli/what_if.hpp"
#include "tailrace/report/outcome.hpp"
#include "tailrace/report/run_folder.hpp"
#include "tailrace/spec/prepare.hpp"
#include "tailrace/spec/toml.hpp"

namespace tailrace::cli {
namespace {

namespace fs = std::filesystem;

/// A run within a comparison, by its folder COMPARISON/METHOD/seed-N.
struct RecordedRun {
  std::string folder;
  std::string comparison;
  std::string method;
  std::uint64_t seed = 0;
};

Result<RecordedRun> find_run(const std::string& folder) {
  std::error_code unknown;
  fs::path path = fs::absolute(folder, unknown).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  const std::string name = path.filename().string();
  constexpr std::string_view prefix = "seed-";
  std::uint64_t seed = 0;
  const char* end = name.data() + name.size();
  const char* digits = name.data() + std::min(prefix.size(), name.size());
  const auto [rest, error] = std::from_chars(digits, end, seed);
  if (!name.starts_with(prefix) || error != std::errc() || rest != end ||
      !fs::exists(path / "run.log", unknown)) {
    return fail({.code = "cli/no-run",
                 .what = fmt::format("\"{}\" is not the folder of a run", folder),
                 .where = {},
                 .fix = "name one with a run.log in it, such as runs/TITLE/METHOD/seed-1"});
  }
  return RecordedRun{.folder = path.string(),
                     .comparison = path.parent_path().parent_path().string(),
                     .method = path.parent_path().filename().string(),
                     .seed = seed};
}

Result<std::size_t> find_method(const spec::Experiment& experiment, const std::string& name) {
  for (std::size_t i = 0; i < experiment.methods.size(); ++i) {
    if (experiment.methods[i].name == name) return i;
  }
  return fail({.code = "cli/no-run",
               .what = fmt::format("the experiment of this run has no method \"{}\"", name),
               .where = {},
               .fix = "keep runs in the folder that they were made in"});
}

/// The experiment of a run with its seed alone.
Result<spec::Prepared> prepare_run(const RecordedRun& run) {
  const std::string seeds = fmt::format("[{}]", run.seed);
  return spec::prepare((fs::path(run.comparison) / "experiment.toml").string(),
                       {{.key = "run.seeds", .value = seeds, .label = "seed of the folder"}});
}

struct Repeated {
  engine::RunResult result;
  bool torn = false;  ///< the log ends before the run did
};

Result<Repeated> repeat(const RecordedRun& run, const spec::Prepared& prepared,
                        engine::Observer& observer) {
  const Result<std::size_t> index = find_method(prepared.experiment, run.method);
  if (!index) return fail(index.error());
  const spec::MethodSpec& method = prepared.experiment.methods[*index];
  const std::string path = (fs::path(run.folder) / "run.log").string();
  const Result<engine::RunLog> log = engine::read_run_log(path);
  if (!log) return fail(log.error());
  if (log->fingerprint != fingerprint_of(prepared.experiment, method, run.seed)) {
    return fail({.code = "cli/other-experiment",
                 .what = "the run log was recorded with another experiment",
                 .where = path,
                 .fix = "keep runs in the folder that they were made in"});
  }
  engine::RunOptions options;
  options.seed = run.seed;
  options.observer = &observer;
  Result<engine::RunResult> result = guarded(run.folder, [&] {
    return engine::replay(*prepared.problems.front(), method.method(), *log, options);
  });
  if (!result) return fail(result.error());
  return Repeated{.result = std::move(*result), .torn = log->torn};
}

std::string slurp(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// What the run itself said of its end; nothing if it did not come to one.
Result<std::optional<report::Outcome>> recorded_outcome(const RecordedRun& run) {
  const fs::path recorded = fs::path(run.folder) / "result.json";
  if (std::error_code unknown; !fs::exists(recorded, unknown)) return std::nullopt;
  Result<report::Outcome> outcome = report::outcome_from_json(
      slurp(recorded), slurp(fs::path(run.folder) / "metrics.jsonl"), recorded.string());
  if (!outcome) return fail(outcome.error());
  return std::move(*outcome);
}

/// Prints what came of the replay, and whether it is what was recorded.
Exit compare(const Repeated& repeated, const std::optional<report::Outcome>& outcome) {
  const engine::RunResult& result = repeated.result;
  fmt::print("{}\n", result.summary());
  if (repeated.torn) {
    fmt::print("the run log is torn: its last entries are lost, and the replay ends before them\n");
  }
  if (!outcome) {
    fmt::print("the recorded run did not end, so there is no model to compare with\n");
    return Exit::fine;
  }
  const bool same = outcome->model_hash == result.model_hash;
  fmt::print("{} the recorded model {:016x}\n", same ? "the same bits as" : "NOT the same bits as",
             outcome->model_hash);
  return same ? Exit::fine : Exit::bad_input;
}

/// What the arguments ask for beside the replay.
Status use_times(const ReplayArguments& arguments, const Recording& recording) {
  if (!arguments.method.empty()) {
    Status tried = try_method(recording, arguments.method, arguments.sets);
    if (!tried) return tried;
  }
  if (!arguments.delays.empty()) {
    Status written = write_delays(recording, arguments.delays);
    if (!written) return written;
  }
  return arguments.fit ? print_fit(recording) : Status();
}

}  // namespace

int replay_run(const ReplayArguments& arguments) {
  const Result<RecordedRun> run = find_run(arguments.folder);
  if (!run) return print_errors(run.error());
  const Result<spec::Prepared> prepared = prepare_run(*run);
  if (!prepared) return print_errors(prepared.error());
  engine::RecordedTimes times(prepared->experiment.workers.count);
  const Result<Repeated> repeated = repeat(*run, *prepared, times);
  if (!repeated) return print_errors(repeated.error());
  const Result<std::optional<report::Outcome>> outcome = recorded_outcome(*run);
  if (!outcome) return print_errors(outcome.error());
  const Exit exit = compare(*repeated, *outcome);
  std::optional<MeasuredTimes> measured;
  if (!arguments.delays.empty() || arguments.fit) {
    auto read = measured_times(run->folder, prepared->experiment.workers.count);
    if (!read) return print_errors(read.error());
    measured = std::move(*read);
  }
  const Status used =
      use_times(arguments, {.experiment = (fs::path(run->comparison) / "experiment.toml").string(),
                            .method = run->method,
                            .seed = run->seed,
                            .result = repeated->result,
                            .target = *outcome ? (*outcome)->target : std::nullopt,
                            .times = times,
                            .measured = std::move(measured)});
  return used ? exit : print_errors(used.error());
}

}  // namespace tailrace::cli
