#include "cli/run_options.hpp"

#include <cstdlib>

namespace tailrace::cli {

std::string check_count(const std::string& text) {
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  return digits ? std::string() : "\"" + text + "\" is not a number of 0 or more";
}

void add_data_option(CLI::App& command, std::string& folder) {
  command.add_option("--data", folder, "look for data in this folder first")->type_name("DIR");
}

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
  command.add_option("--threads", arguments.threads, "computing threads (every core)")
      ->check(check_count);
  command.add_flag("--quiet", arguments.quiet, "no progress, only the result");
  command.add_flag("--no-color", arguments.no_color, "plain text");
}

void add_choice_options(CLI::App& command, RunArguments& arguments) {
  command.add_option("--method", arguments.method, "its name (if there are several)");
  command.add_option("--seed", arguments.seed, "one of the experiment's seeds (the first)")
      ->check(check_count);
}

void finish_run_arguments(const CLI::App& command, RunArguments& arguments) {
  arguments.command = command.get_name();
  arguments.resume = command.count("--resume") > 0;
  if (arguments.file.empty() && arguments.resume_folder.empty()) throw CLI::RequiredError("file");
  if (std::getenv("NO_COLOR") != nullptr) arguments.no_color = true;  // NOLINT(*-mt-unsafe)
}

}  // namespace tailrace::cli
