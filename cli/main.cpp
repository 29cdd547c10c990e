#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/guarded.hpp"
#include "cli/run_options.hpp"
#include "tailrace/spec/suggest.hpp"

namespace tailrace::cli {
namespace {

void add_diagnose_options(CLI::App& command, DiagnoseArguments& arguments) {
  command.add_option("file", arguments.file, "experiment file (TOML)")->required();
  command.add_option("--set", arguments.sets, set_help)
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command.add_option("--method", arguments.method, "trains; its name (the first)");
  command.add_option("--seed", arguments.seed, "of training and samples (the experiment's first)")
      ->check(check_count);
  command.add_option("--steps", arguments.steps, "end training after so many (as the file says)")
      ->check(check_count);
  command.add_option("--points", arguments.points, "models to look at, evenly in steps (5)")
      ->check(check_count);
  command.add_option("--samples", arguments.samples, "gradients to draw at each (1000)")
      ->check(check_count);
  command.add_option("--out", arguments.out, "folder for the results (runs/TITLE-diagnosis)")
      ->type_name("DIR");
  command.add_flag("--overwrite", arguments.overwrite, "replace what is in that folder");
  command.add_option("--threads", arguments.threads, "computing threads (every core)")
      ->check(check_count);
  command.add_flag("--quiet", arguments.quiet, "no progress, only the result");
}

void add_tune_options(CLI::App& command, TuneArguments& arguments) {
  command.add_option("file", arguments.file, "experiment file (TOML)")->required();
  command.add_option("--method", arguments.method, "its name (if there are several)");
  command
      .add_option("--range", arguments.ranges,
                  "what to tune and where (step sizes and clip thresholds, by a factor of 100)")
      ->type_name("NAME=LOW:HIGH")
      ->allow_extra_args(false);
  command
      .add_option("--budget", arguments.budget,
                  "full runs, or virtual time such as 8000s (10 runs for each option)")
      ->type_name("N|TIME");
  command.add_option("--metric", arguments.metric,
                     "what is to be small, or an accuracy large (the target's, or the loss)");
  command.add_option("--set", arguments.sets, set_help)
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command.add_option("--out", arguments.out, "folder for the results (runs/tune-METHOD-TITLE)")
      ->type_name("DIR");
  auto* overwrite =
      command.add_flag("--overwrite", arguments.overwrite, "replace the tuning in that folder");
  command
      .add_flag("--resume", arguments.resume, "go on with the interrupted tuning in that folder")
      ->excludes(overwrite);
  command.add_option("--threads", arguments.threads, "computing threads (every core)")
      ->check(check_count);
  command.add_flag("--quiet", arguments.quiet, "no progress, only the result");
}

void add_replay_options(CLI::App& command, ReplayArguments& arguments) {
  command.add_option("run", arguments.folder, "its folder, such as runs/TITLE/METHOD/seed-1")
      ->required();
  auto* method = command.add_option("--method", arguments.method,
                                    "estimate what another would have done with its delays; one of "
                                    "the experiment, or a recipe");
  command.add_option("--set", arguments.sets, set_help)
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->needs(method);
  command.add_option("--delays", arguments.delays, "write its delays, for the delay model trace")
      ->type_name("FILE.csv");
  command.add_flag("--fit", arguments.fit, "print the law that is closest to its delays");
}

/// `data list` and `data fetch`.
void add_data_commands(CLI::App& app, FetchArguments& arguments, std::string& folder, int& exit) {
  CLI::App* data = app.add_subcommand("data", "data sets that experiments call by name");
  data->require_subcommand(1);
  CLI::App* list = data->add_subcommand("list", "their names and sizes, and where they are");
  add_data_option(*list, folder);
  list->callback([&] { exit = with_data(folder, [] { return list_data(); }); });
  CLI::App* fetch = data->add_subcommand("fetch", "download some, checked and unpacked");
  fetch->add_option("names", arguments.names, "such as cifar-10 or sst-2")->required();
  fetch->add_option("--to", arguments.to, "folder of data (see tailrace data list)")
      ->type_name("DIR");
  fetch->add_option("--from", arguments.from, "download from this folder of the web instead")
      ->type_name("URL");
  fetch->add_flag("--insecure-http", arguments.insecure_http,
                  "allow http:// addresses of other machines");
  fetch->add_flag("--quiet", arguments.quiet, "no progress, only the result");
  fetch->callback([&] { exit = fetch_data(arguments); });
}

std::string hint_of(std::string_view word, const std::vector<std::string>& names) {
  return spec::did_you_mean(word, std::vector<std::string_view>(names.begin(), names.end()));
}

/// `did you mean "compare"?` for the first word that is no command.
std::string command_hint(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  for (const std::string& word : app.remaining()) {
    if (!word.starts_with('-')) return hint_of(word, names);
  }
  return {};
}

/// `did you mean "--overwrite"?` for the first word that is no option of this command.
std::string option_hint(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options(nullptr)) {
    if (!option->get_positional()) names.push_back(option->get_name());
  }
  for (const std::string& word : command.remaining()) {
    if (word.starts_with("--")) return hint_of(word.substr(0, word.find('=')), names);
  }
  return {};
}

/// Says what was not understood and what may have been meant.
void print_misunderstanding(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  std::string hint =
      command->get_subcommands(nullptr).empty() ? std::string() : command_hint(*command);
  if (hint.empty()) hint = option_hint(*command);
  fmt::print(stderr, "error[cli/usage]: {}\n  fix  {}\n", error.what(),
             hint.empty() ? "tailrace --help, or --help after a command, shows how" : hint);
}

/// Nothing that was said may be lost in silence, as on a full disk.
Status flush_output() {
  const bool flushed = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (flushed && std::cout.flush()) return {};
  return fail({.code = "cli/system",
               .what = "the output cannot be written",
               .where = "standard output",
               .fix = "free some space, or write to another place"});
}

int parse_and_run(int argc, char** argv) {
  CLI::App app("Trains with many workers that never wait for the slowest, and compares methods.",
               "tailrace");
  app.set_version_flag("--version", "tailrace " TAILRACE_VERSION);
  app.require_subcommand(1);
  int exit = Exit::fine;
  std::string data_folder;
  const auto on_data = [&](const std::function<int()>& command) {
    exit = with_data(data_folder, command);
  };

  RunArguments run;
  CLI::App* run_command = app.add_subcommand("run", "run one method of an experiment");
  add_run_options(*run_command, run);
  run_command->add_option("--engine", run.engine,
                          "sim (virtual time), threads (real time) or mpi (behind mpirun)");
  add_choice_options(*run_command, run);
  add_data_option(*run_command, data_folder);
  run_command->callback([&] {
    finish_run_arguments(*run_command, run);
    on_data([&] { return run.engine == "mpi" ? run_on_ranks(run) : run_experiment(run); });
  });

  RunArguments compare;
  CLI::App* compare_command =
      app.add_subcommand("compare", "run all methods and seeds, and compare them");
  add_run_options(*compare_command, compare);
  compare_command->add_option("--engine", compare.engine,
                              "sim (virtual time) or threads (real time)");
  compare_command->add_flag("--delays", compare.delays,
                            "a second table: staleness, concurrency, effective workers");
  add_data_option(*compare_command, data_folder);
  compare_command->callback([&] {
    finish_run_arguments(*compare_command, compare);
    on_data([&] { return run_experiment(compare); });
  });

  std::string file;
  std::vector<std::string> sets;
  CLI::App* check = app.add_subcommand("check", "say everything that is wrong with an experiment");
  check->add_option("file", file, "experiment file (TOML)")->required();
  check->add_option("--set", sets, set_help)->type_name("KEY=VALUE")->allow_extra_args(false);
  add_data_option(*check, data_folder);
  check->callback([&] { on_data([&] { return check_experiment(file, sets); }); });

  TheoryArguments theory;
  CLI::App* theory_command =
      app.add_subcommand("theory", "rates, step sizes and times to eps that theorems promise");
  theory_command->add_option("file", theory.file, "experiment file (TOML)")->required();
  theory_command->add_option("--set", theory.sets, set_help)
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  theory_command->add_option("--eps", theory.eps, "bound on the gradient's norm (the target)")
      ->type_name("NORM");
  theory_command->add_flag("--json", theory.json, "for programs");
  add_data_option(*theory_command, data_folder);
  theory_command->callback([&] { on_data([&] { return theory_of(theory); }); });

  DiagnoseArguments diagnose;
  CLI::App* diagnose_command =
      app.add_subcommand("diagnose", "say how heavy the noise of gradients is, and where to clip");
  add_diagnose_options(*diagnose_command, diagnose);
  add_data_option(*diagnose_command, data_folder);
  diagnose_command->callback([&] { on_data([&] { return diagnose_experiment(diagnose); }); });

  TuneArguments tune;
  CLI::App* tune_command =
      app.add_subcommand("tune", "search the step size and clip threshold of one method");
  add_tune_options(*tune_command, tune);
  add_data_option(*tune_command, data_folder);
  tune_command->callback([&] { on_data([&] { return tune_method(tune); }); });

  DocsArguments docs;
  CLI::App* docs_command =
      app.add_subcommand("docs", "write the documents about methods from the catalog");
  docs_command->add_option("folder", docs.folder, "where they go (docs)");
  docs_command
      ->add_option("--measured", docs.measured, "folder of a comparison of all methods to show")
      ->type_name("DIR");
  docs_command->callback([&] { exit = write_documents(docs); });

  std::string kind;
  CLI::App* list = app.add_subcommand("list", "what an experiment file can name");
  list->add_option("kind", kind, "only these, such as recipes or transforms");
  list->callback([&] { exit = list_components(kind); });

  std::string topic;
  CLI::App* explain = app.add_subcommand("explain", "what a name means, with its options");
  explain->add_option("name", topic, "such as clip2, clip_norm.threshold or workers")->required();
  explain->callback([&] { exit = explain_topic(topic); });

  ReplayArguments replay;
  CLI::App* replay_command = app.add_subcommand("replay", "repeat a recorded run, to the bit");
  add_replay_options(*replay_command, replay);
  add_data_option(*replay_command, data_folder);
  replay_command->callback([&] { on_data([&] { return replay_run(replay); }); });

  FetchArguments fetch;
  add_data_commands(app, fetch, data_folder, exit);
  add_certs_command(app, exit);
  add_serve_command(app, exit);
  add_work_command(app, exit);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    print_misunderstanding(app, error);
    return Exit::bad_usage;
  }
  return exit;
}

}  // namespace
}  // namespace tailrace::cli

int main(int argc, char** argv) {
  using namespace tailrace;
  const Result<int> exit =
      cli::guarded({}, [&]() -> Result<int> { return cli::parse_and_run(argc, argv); });
  const Status flushed = cli::flush_output();
  if (!exit) return cli::print_errors(exit.error());
  if (!flushed) return cli::print_errors(flushed.error());
  return *exit;
}
