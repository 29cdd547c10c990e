#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <utility>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/interrupt.hpp"
#include "cli/session.hpp"
#include "tailrace/report/chart.hpp"
#include "tailrace/report/comparison.hpp"
#include "tailrace/report/summary.hpp"
#include "tailrace/report/table.hpp"
#include "tailrace/spec/suggest.hpp"
#include "tailrace/spec/text.hpp"
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

Status choose_method(const RunArguments& arguments, spec::Prepared& prepared) {
  std::vector<spec::MethodSpec>& methods = prepared.experiment.methods;
  std::vector<std::string_view> names;
  names.reserve(methods.size());
  for (const spec::MethodSpec& method : methods) names.push_back(method.name);
  auto chosen = methods.begin();
  if (!arguments.method.empty()) {
    const auto is_wanted = [&](const auto& method) { return method.name == arguments.method; };
    chosen = std::find_if(methods.begin(), methods.end(), is_wanted);
  }
  if (chosen == methods.end() || (arguments.method.empty() && methods.size() > 1)) {
    const std::string hint = spec::did_you_mean(arguments.method, names);
    return fail(
        {.code = "cli/method",
         .what = arguments.method.empty()
                     ? "the experiment has several methods, and run takes one"
                     : fmt::format("no method is called \"{}\"", arguments.method),
         .where = arguments.method.empty() ? "" : "--method " + arguments.method,
         .fix = hint.empty()
                    ? fmt::format("choose with --method: {}; or compare them all: tailrace compare",
                                  spec::joined(names, ", "))
                    : hint});
  }
  methods = {spec::MethodSpec(*chosen)};
  return {};
}

Status choose_seed(const RunArguments& arguments, spec::Prepared& prepared) {
  std::vector<std::uint64_t>& seeds = prepared.experiment.run.seeds;
  const std::uint64_t seed = arguments.seed.value_or(seeds.front());
  const auto found = std::find(seeds.begin(), seeds.end(), seed);
  if (found == seeds.end()) {
    return fail({.code = "cli/seed",
                 .what = fmt::format("the experiment has no seed {}", seed),
                 .where = fmt::format("--seed {}", seed),
                 .fix = fmt::format("choose one of {}, or add it: --set run.seeds=[{}]",
                                    fmt::join(seeds, ", "), seed)});
  }
  std::swap(prepared.problems.front(),
            prepared.problems[static_cast<std::size_t>(found - seeds.begin())]);
  prepared.problems.resize(1);
  seeds = {seed};
  return {};
}

/// `tailrace run` is for one method and one seed.
Status choose_one(const RunArguments& arguments, spec::Prepared& prepared) {
  if (Status chosen = choose_method(arguments, prepared); !chosen) return chosen;
  return choose_seed(arguments, prepared);
}

/// The file that says what to run: with --resume DIR it is in that folder.
std::string file_of(const RunArguments& arguments) {
  if (!arguments.file.empty()) return arguments.file;
  return (std::filesystem::path(arguments.resume_folder) / "experiment.toml").string();
}

Result<report::RunFolder> open_folder(const RunArguments& arguments,
                                      const spec::Experiment& experiment) {
  std::string path =
      arguments.out.empty() ? report::default_folder(experiment.title) : arguments.out;
  if (!arguments.resume_folder.empty()) path = arguments.resume_folder;
  report::Existing existing =
      arguments.overwrite ? report::Existing::overwrite : report::Existing::refuse;
  if (arguments.resume) existing = report::Existing::resume;
  Result<report::RunFolder> folder =
      report::RunFolder::open(path, existing, spec::to_toml(experiment));
  if (!folder) return folder;
  const Status written =
      report::write_text(folder->file("machine.json"), report::machine_json(TAILRACE_VERSION));
  if (!written) return fail(written.error());
  return folder;
}

void announce(const spec::Prepared& prepared, const report::RunFolder& folder) {
  const spec::Experiment& experiment = prepared.experiment;
  const bool virtual_time = experiment.run.engine == spec::Engine::sim;
  fmt::print("{}\n  {}\n  {} {}; {} {} x {} {}; {} time\n  results in {}\n\n", experiment.title,
             prepared.problems.front()->describe(), experiment.workers.count,
             experiment.workers.count == 1 ? "worker" : "workers", experiment.methods.size(),
             experiment.methods.size() == 1 ? "method" : "methods", experiment.run.seeds.size(),
             experiment.run.seeds.size() == 1 ? "seed" : "seeds",
             virtual_time ? "exact virtual" : "real", folder.path());
  std::fflush(stdout);
}

/// What the table and the picture show: a method as it is, of a grid only the best, under the
/// grid's name.
struct Shown {
  std::vector<report::Outcome> outcomes;
  std::vector<std::string> champions;  ///< the full names of the grids' best
};

Shown shown_of(const spec::Experiment& experiment, const std::vector<report::Outcome>& outcomes,
               const std::vector<report::MethodSummary>& summaries) {
  std::map<std::string, std::string> groups;
  for (const spec::MethodSpec& method : experiment.methods) groups[method.name] = method.group;
  Shown shown;
  for (const std::string& name : report::best_of_groups(summaries, groups)) {
    const std::string& group = groups[name];
    if (!group.empty()) shown.champions.push_back(name);
    for (const report::Outcome& outcome : outcomes) {
      if (outcome.method != name) continue;
      shown.outcomes.push_back(outcome);
      if (!group.empty()) shown.outcomes.back().method = group;
    }
  }
  return shown;
}

/// Steps are the natural measure where steps alone end a run.
report::Over over_of(const spec::Run& run) {
  const engine::Stop& stop = run.stop;
  if (stop.steps && !stop.time && !stop.gradients && !stop.target) return report::Over::steps;
  return run.engine == spec::Engine::threads ? report::Over::real_time : report::Over::virtual_time;
}

/// Writes the summary files and prints the table.
Status report_outcomes(const RunArguments& arguments, const spec::Experiment& experiment,
                       const std::vector<report::Outcome>& outcomes,
                       const report::RunFolder& folder) {
  const std::vector<report::MethodSummary> summaries = report::summarize(outcomes);
  const Shown shown = shown_of(experiment, outcomes, summaries);
  const report::Chart chart =
      report::comparison_chart(shown.outcomes, {.title = experiment.title,
                                                .target = experiment.run.stop.target,
                                                .over = over_of(experiment.run)});
  for (const auto& [name, text] :
       {std::pair<std::string, std::string>{"summary.csv", report::summary_csv(outcomes)},
        {"summary.json", report::summary_json(summaries)},
        {"comparison.svg", report::to_svg(chart)}}) {
    if (Status written = report::write_text(folder.file(name), text); !written) return written;
  }
  fmt::print("{}", report::table(report::summarize(shown.outcomes),
                                 {.color = !arguments.no_color && output_is_terminal(),
                                  .has_target = experiment.run.stop.target.has_value()}));
  if (!shown.champions.empty()) {
    fmt::print("\nthe best of each grid: {}\nall {} methods: {}\n",
               spec::joined(shown.champions, ", "), summaries.size(), folder.file("summary.csv"));
  }
  return {};
}

int end_interrupted(const RunArguments& arguments, const report::RunFolder& folder) {
  fmt::print(stderr, "interrupted; what is done is in {}. Go on with:\n  tailrace {} --resume {}\n",
             folder.path(), arguments.command, shell_word(folder.path()));
  return Exit::interrupted;
}

}  // namespace

int run_experiment(const RunArguments& arguments) {
  const Result<std::vector<spec::Override>> overrides = overrides_of(arguments);
  if (!overrides) return print_errors(overrides.error());
  Result<spec::Prepared> prepared = spec::prepare(file_of(arguments), *overrides);
  if (!prepared) return print_errors(prepared.error());
  if (arguments.command == "run") {
    if (Status chosen = choose_one(arguments, *prepared); !chosen)
      return print_errors(chosen.error());
  }
  const Result<report::RunFolder> folder = open_folder(arguments, prepared->experiment);
  if (!folder) return print_errors(folder.error());
  if (!arguments.quiet) announce(*prepared, *folder);
  catch_interrupts();
  Session session(*prepared, *folder, arguments.resume);
  ProgressDisplay display(session.names(),
                          {.shown = !arguments.quiet, .terminal = errors_are_terminal()});
  const Result<std::vector<report::Outcome>> outcomes = session.run(display);
  display.stop();
  if (!outcomes) return print_errors(outcomes.error());
  if (interrupt_flag()) return end_interrupted(arguments, *folder);
  if (Status reported = report_outcomes(arguments, prepared->experiment, *outcomes, *folder);
      !reported) {
    return print_errors(reported.error());
  }
  return Exit::fine;
}

}  // namespace tailrace::cli
