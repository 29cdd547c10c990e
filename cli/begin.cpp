#include "cli/begin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "cli/console.hpp"
#include "cli/experiment.hpp"
#include "cli/fingerprint.hpp"
#include "tailrace/spec/writer.hpp"

namespace tailrace::cli {
namespace {

/// The command line's own options as values of the experiment.
Result<std::vector<spec::Override>> overrides_of(const RunArguments& arguments) {
  Result<std::vector<spec::Override>> overrides = parse_sets(arguments.sets);
  if (!overrides) return overrides;
  if (arguments.threads) {
    const std::string value = std::to_string(*arguments.threads);
    overrides->push_back({.key = "run.threads", .value = value, .label = "--threads " + value});
  }
  if (!arguments.engine.empty()) {
    overrides->push_back({.key = "run.engine",
                          .value = '"' + arguments.engine + '"',
                          .label = "--engine " + arguments.engine});
  }
  return overrides;
}

Result<std::string> choose_method(const RunArguments& arguments,
                                  const spec::Experiment& experiment) {
  if (!arguments.method.empty()) {
    const Result<std::size_t> found = find_method(arguments.method, experiment);
    if (!found) return fail(found.error());
    return arguments.method;
  }
  if (experiment.methods.size() == 1) return experiment.methods.front().name;
  return fail({.code = "cli/method",
               .what = "the experiment has several methods, and run takes one",
               .where = {},
               .fix = fmt::format("choose with --method: {}; or compare them all: tailrace compare",
                                  method_names(experiment))});
}

Result<std::uint64_t> choose_seed(const RunArguments& arguments,
                                  const spec::Experiment& experiment) {
  const std::vector<std::uint64_t>& seeds = experiment.run.seeds;
  const std::uint64_t seed = arguments.seed.value_or(seeds.front());
  if (std::find(seeds.begin(), seeds.end(), seed) != seeds.end()) return seed;
  return fail({.code = "cli/seed",
               .what = fmt::format("the experiment has no seed {}", seed),
               .where = fmt::format("--seed {}", seed),
               .fix = fmt::format("choose one of {}, or add it: --set run.seeds=[{}]",
                                  fmt::join(seeds, ", "), seed)});
}

/// `tailrace run` is for one method and one seed, `tailrace compare` for all.
Result<std::optional<Chosen>> choose(const RunArguments& arguments,
                                     const spec::Experiment& experiment) {
  if (arguments.command == "compare") return std::nullopt;
  Result<std::string> method = choose_method(arguments, experiment);
  if (!method) return fail(method.error());
  const Result<std::uint64_t> seed = choose_seed(arguments, experiment);
  if (!seed) return fail(seed.error());
  return Chosen{.method = std::move(*method), .seed = *seed};
}

/// Leaves nothing but one run of an experiment.
void keep_only(const Chosen& chosen, spec::Experiment& experiment) {
  std::erase_if(experiment.methods,
                [&](const auto& method) { return method.name != chosen.method; });
  experiment.run.seeds = {chosen.seed};
}

void keep_only(const Chosen& chosen, spec::Prepared& prepared) {
  const std::vector<std::uint64_t>& seeds = prepared.experiment.run.seeds;
  const auto index = std::find(seeds.begin(), seeds.end(), chosen.seed) - seeds.begin();
  std::swap(prepared.problems.front(), prepared.problems[static_cast<std::size_t>(index)]);
  prepared.problems.resize(1);
  keep_only(chosen, prepared.experiment);
}

Result<Begun> begin_anew(const RunArguments& arguments,
                         const std::vector<spec::Override>& overrides) {
  Result<spec::Prepared> prepared = spec::prepare(arguments.file, overrides);
  if (!prepared) return fail(prepared.error());
  const Result<std::optional<Chosen>> only = choose(arguments, prepared->experiment);
  if (!only) return fail(only.error());
  if (*only) keep_only(**only, *prepared);
  const spec::Experiment& experiment = prepared->experiment;
  Result<report::RunFolder> folder = report::RunFolder::make(
      arguments.out.empty() ? report::default_folder(experiment.title) : arguments.out,
      {.experiment = spec::to_toml(experiment),
       .version = TAILRACE_VERSION,
       .input = arguments.file,
       .overwrite = arguments.overwrite});
  if (!folder) return fail(folder.error());
  return Begun{.prepared = std::move(*prepared), .folder = std::move(*folder), .only = *only};
}

/// What a comparison lacks of the experiment that its folder was begun with.
Status check_whole(const spec::Experiment& wanted, const spec::Experiment& stored,
                   const std::string& where) {
  if (wanted.methods.size() == stored.methods.size() &&
      wanted.run.seeds.size() == stored.run.seeds.size()) {
    return {};
  }
  return fail({.code = "cli/other-experiment",
               .what = "the run was begun with more methods or seeds",
               .where = where,
               .fix = "resume with the options it was begun with, or none; for one run of it: "
                      "tailrace run --resume"});
}

Result<Begun> go_on(const RunArguments& arguments, const std::vector<spec::Override>& overrides) {
  std::optional<spec::Experiment> wanted;
  if (!arguments.file.empty()) {
    Result<spec::Experiment> experiment = read_experiment(arguments.file, overrides);
    if (!experiment) return fail(experiment.error());
    wanted = std::move(*experiment);
  }
  Result<report::RunFolder> folder = report::RunFolder::resume(
      arguments.resume_folder.empty() ? report::default_folder(wanted->title)
                                      : arguments.resume_folder);
  if (!folder) return fail(folder.error());
  const std::string where = folder->experiment();
  if (!wanted) {
    Result<spec::Experiment> experiment = read_experiment(where, overrides);
    if (!experiment) return fail(experiment.error());
    wanted = std::move(*experiment);
  }
  Result<spec::Prepared> stored = spec::prepare(where);
  if (!stored) return fail(stored.error());
  const Result<std::optional<Chosen>> only = choose(arguments, *wanted);
  if (!only) return fail(only.error());
  if (*only) keep_only(**only, *wanted);
  Status same = check_same(*wanted, stored->experiment, where);
  if (same && !*only) same = check_whole(*wanted, stored->experiment, where);
  if (!same) return fail(same.error());
  stored->experiment.run.engine = wanted->run.engine;
  stored->experiment.run.waits = wanted->run.waits;
  stored->experiment.run.threads = wanted->run.threads;
  stored->experiment.run.checkpoint_every = wanted->run.checkpoint_every;
  return Begun{.prepared = std::move(*stored), .folder = std::move(*folder), .only = *only};
}

}  // namespace

Result<Begun> begin(const RunArguments& arguments) {
  const Result<std::vector<spec::Override>> overrides = overrides_of(arguments);
  if (!overrides) return fail(overrides.error());
  return arguments.resume ? go_on(arguments, *overrides) : begin_anew(arguments, *overrides);
}

}  // namespace tailrace::cli
