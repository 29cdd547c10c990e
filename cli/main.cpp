#include <CLI/CLI.hpp>
#include <cstdlib>
#include <string>
#include <vector>

#include "cli/commands.hpp"

namespace tailrace::cli {
namespace {

constexpr const char* set_help =
    "set an option of the file, such as workers.count=64 or method.clip2.buffer=8";

/// What `run` and `compare` have in common.
void add_run_options(CLI::App& command, RunArguments& arguments) {
  command.add_option("file", arguments.file, "experiment file (TOML)");
  command.add_option("--set", arguments.sets, set_help)
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  auto* out = command.add_option("--out", arguments.out, "folder for the results (runs/TITLE)")
                  ->type_name("DIR");
  auto* overwrite =
      command.add_flag("--overwrite", arguments.overwrite, "replace the run in that folder");
  command
      .add_option("--resume", arguments.resume_folder,
                  "go on with an interrupted run; with DIR, no file is needed")
      ->expected(0, 1)
      ->type_name("[DIR]")
      ->excludes(overwrite)
      ->excludes(out);
  command.add_option("--threads", arguments.threads, "computing threads (every core)");
  command.add_option("--engine", arguments.engine, "sim (virtual time) or threads (real time)");
  command.add_flag("--quiet", arguments.quiet, "no progress, only the result");
  command.add_flag("--no-color", arguments.no_color, "plain text");
}

int run_or_compare(const CLI::App& command, RunArguments arguments) {
  arguments.command = command.get_name();
  arguments.resume = command.count("--resume") > 0;
  if (arguments.file.empty() && arguments.resume_folder.empty()) throw CLI::RequiredError("file");
  if (std::getenv("NO_COLOR") != nullptr) arguments.no_color = true;  // NOLINT(*-mt-unsafe)
  return run_experiment(arguments);
}

int parse_and_run(int argc, char** argv) {
  CLI::App app("Trains with many workers that never wait for the slowest, and compares methods.",
               "tailrace");
  app.set_version_flag("--version", "tailrace " TAILRACE_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  int exit = Exit::fine;

  RunArguments run;
  CLI::App* run_command = app.add_subcommand("run", "run one method of an experiment");
  add_run_options(*run_command, run);
  run_command->add_option("--method", run.method, "its name (if there are several)");
  run_command->add_option("--seed", run.seed, "one of the experiment's seeds (the first)");
  run_command->callback([&] { exit = run_or_compare(*run_command, run); });

  RunArguments compare;
  CLI::App* compare_command =
      app.add_subcommand("compare", "run all methods and seeds, and compare them");
  add_run_options(*compare_command, compare);
  compare_command->callback([&] { exit = run_or_compare(*compare_command, compare); });

  std::string file;
  std::vector<std::string> sets;
  CLI::App* check = app.add_subcommand("check", "say everything that is wrong with an experiment");
  check->add_option("file", file, "experiment file (TOML)")->required();
  check->add_option("--set", sets, set_help)->type_name("KEY=VALUE")->allow_extra_args(false);
  check->callback([&] { exit = check_experiment(file, sets); });

  std::string kind;
  CLI::App* list = app.add_subcommand("list", "what an experiment file can name");
  list->add_option("kind", kind, "only these, such as recipes or transforms");
  list->callback([&] { exit = list_components(kind); });

  std::string topic;
  CLI::App* explain = app.add_subcommand("explain", "what a name means, with its options");
  explain->add_option("name", topic, "such as clip2, clip_norm.threshold or workers")->required();
  explain->callback([&] { exit = explain_topic(topic); });

  std::string folder;
  CLI::App* replay = app.add_subcommand("replay", "repeat a recorded run, to the bit");
  replay->add_option("run", folder, "its folder, such as runs/TITLE/METHOD/seed-1")->required();
  replay->callback([&] { exit = replay_run(folder); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return Exit::bad_usage;
  }
  return exit;
}

}  // namespace
}  // namespace tailrace::cli

int main(int argc, char** argv) { return tailrace::cli::parse_and_run(argc, argv); }
