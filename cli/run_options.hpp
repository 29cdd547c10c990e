#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/arguments.hpp"

/// Options that several commands have.
namespace tailrace::cli {

inline constexpr const char* set_help =
    "set an option of the file, such as workers.count=64 or method.clip2.buffer=8";

/// CLI11 would turn -1 into a count of 18446744073709551615.
[[nodiscard]] std::string check_count(const std::string& text);

/// Where commands that build problems look for data first.
void add_data_option(CLI::App& command, std::string& folder);

/// What `run`, `compare` and `serve` have in common.
void add_run_options(CLI::App& command, RunArguments& arguments);

/// Which method and seed, for commands that carry out one run.
void add_choice_options(CLI::App& command, RunArguments& arguments);

/// What the options leave open; to be called when they have been read.
void finish_run_arguments(const CLI::App& command, RunArguments& arguments);

}  // namespace tailrace::cli
