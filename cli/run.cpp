#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "cli/begin.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/interrupt.hpp"
#include "cli/session.hpp"
#include "tailrace/report/chart.hpp"
#include "tailrace/report/comparison.hpp"
#include "tailrace/report/delays_table.hpp"
#include "tailrace/report/grid_table.hpp"
#include "tailrace/report/seed_quantiles.hpp"
#include "tailrace/report/summary.hpp"
#include "tailrace/report/table.hpp"
#include "tailrace/spec/text.hpp"

namespace tailrace::cli {
namespace {

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
  warn_of(*prepared.problems.front());
}

/// What the table and the picture show: a method as it is, of a grid only the best, under the
/// grid's name.
struct Shown {
  std::vector<report::Outcome> outcomes;
  std::vector<std::string> champions;  ///< the full names of the grids' best
  std::vector<report::GridShare> grids;
};

Shown shown_of(const spec::Experiment& experiment, const std::vector<report::Outcome>& outcomes,
               const std::vector<report::MethodSummary>& summaries) {
  std::map<std::string, std::string> groups;
  for (const spec::MethodSpec& method : experiment.methods) groups[method.name] = method.group;
  Shown shown;
  shown.grids = report::grid_shares(summaries, groups);
  const std::optional<engine::Target>& target = experiment.run.stop.target;
  const engine::Metric metric = target ? target->metric : engine::Metric::gradient_norm;
  for (const std::string& name : report::best_of_groups(summaries, groups, metric)) {
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
  return run.engine == spec::Engine::sim ? report::Over::virtual_time : report::Over::real_time;
}

/// What the methods' parts have to say about their runs, such as the privacy that is left.
void print_remarks(const std::vector<report::Outcome>& outcomes) {
  for (const report::Outcome& outcome : outcomes) {
    for (const std::string& remark : outcome.remarks) {
      fmt::print("{}, seed {}: {}\n", outcome.method, outcome.seed, remark);
    }
  }
}

/// Writes the summary files and prints the table.
Status report_outcomes(const RunArguments& arguments, const spec::Experiment& experiment,
                       const std::vector<report::Outcome>& outcomes,
                       const report::RunFolder& folder) {
  const std::vector<report::MethodSummary> summaries = report::summarize(outcomes);
  const Shown shown = shown_of(experiment, outcomes, summaries);
  const auto picture = [&](report::Over over) {
    return report::to_svg(report::comparison_chart(
        shown.outcomes,
        {.title = experiment.title, .target = experiment.run.stop.target, .over = over}));
  };
  for (const auto& [name, text] :
       {std::pair<std::string, std::string>{"summary.csv", report::summary_csv(outcomes)},
        {"summary.json", report::summary_json(summaries)},
        {"quantiles.csv", report::quantile_csv(report::seed_quantiles(outcomes))},
        {"comparison.svg", picture(over_of(experiment.run))},
        {"comparison_gradients.svg", picture(report::Over::gradients)}}) {
    if (Status written = report::write_text(folder.file(name), text); !written) return written;
  }
  fmt::print("{}", report::table(report::summarize(shown.outcomes),
                                 {.color = !arguments.no_color && output_is_terminal(),
                                  .has_target = experiment.run.stop.target.has_value()}));
  if (arguments.delays) fmt::print("\n{}", report::delays_table(shown.outcomes));
  const std::vector<report::SeedQuantiles> quantiles = report::seed_quantiles(shown.outcomes);
  if (!quantiles.empty()) fmt::print("\n{}", report::quantile_table(quantiles));
  if (!shown.champions.empty()) {
    if (experiment.run.stop.target) fmt::print("\n{}", report::grid_table(shown.grids));
    fmt::print("\nthe best of each grid: {}\nall {} methods: {}\n",
               spec::joined(shown.champions, ", "), summaries.size(), folder.file("summary.csv"));
  }
  print_remarks(shown.outcomes);
  return {};
}

/// How to go on with what was left undone.
void tell_to_resume(const RunArguments& arguments, const Begun& begun, std::string_view why) {
  std::string chosen;
  if (begun.only) {
    chosen =
        fmt::format(" --method {} --seed {}", shell_word(begun.only->method), begun.only->seed);
  }
  fmt::print(stderr, "{}; what is done is in {}. Go on with:\n  tailrace {} --resume {}{}\n", why,
             begun.folder.path(), arguments.command, shell_word(begun.folder.path()), chosen);
}

/// Engines of many machines need somebody who carries the run there.
Status check_engine(spec::Engine engine, bool carried) {
  if (carried || engine == spec::Engine::sim || engine == spec::Engine::threads) return {};
  if (engine == spec::Engine::grpc) {
    return fail({.code = "cli/engine",
                 .what = "with the engine grpc, workers connect to a server",
                 .where = "run.engine",
                 .fix = "tailrace serve FILE here, and tailrace work HOST:PORT for each worker"});
  }
  return fail({.code = "cli/engine",
               .what = "with the engine mpi, one run is carried out by the ranks of a job",
               .where = "run.engine",
               .fix = "mpirun -n 9 tailrace run FILE --engine mpi"});
}

}  // namespace

int run_experiment(const RunArguments& arguments, const Carry& carry) {
  const Result<Begun> begun = begin(arguments);
  if (!begun) return print_errors(begun.error());
  if (Status fits = check_engine(begun->prepared.experiment.run.engine, carry != nullptr); !fits) {
    return print_errors(fits.error());
  }
  if (!arguments.quiet) announce(begun->prepared, begun->folder);
  catch_interrupts();
  Session session(*begun, arguments.resume, carry);
  ProgressDisplay display(session.names(),
                          {.shown = !arguments.quiet, .terminal = errors_are_terminal()});
  const Result<std::vector<report::Outcome>> outcomes = session.run(display);
  display.stop();
  if (!outcomes) {
    const Exit exit = print_errors(outcomes.error());
    tell_to_resume(arguments, *begun, "not all runs ended");
    return exit;
  }
  if (interrupt_flag()) {
    tell_to_resume(arguments, *begun, "interrupted");
    return Exit::interrupted;
  }
  if (Status reported =
          report_outcomes(arguments, begun->prepared.experiment, *outcomes, begun->folder);
      !reported) {
    return print_errors(reported.error());
  }
  return Exit::fine;
}

}  // namespace tailrace::cli
