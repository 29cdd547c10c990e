#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/problem/problem.hpp"
#include "tailrace/spec/document.hpp"

namespace tailrace::cli {

/// Writes to standard error at once. What cannot be written is lost: a full disk beneath a log must
/// not end a run.
void tell(std::string_view text);

/// Prints errors to standard error and returns how the program ends because of them.
Exit print_errors(const Errors& errors);

/// Prints what makes a problem needlessly slow, if anything, to standard error.
void warn_of(const problem::Problem& problem);

/// The values of --set, or an error for each that sets nothing.
[[nodiscard]] Result<std::vector<spec::Override>> parse_sets(const std::vector<std::string>& sets);

/// A word as a POSIX shell takes it, quoted where it has to be.
[[nodiscard]] std::string shell_word(std::string_view word);

/// Whether people look at standard output or error right now.
[[nodiscard]] bool output_is_terminal();
[[nodiscard]] bool errors_are_terminal();

}  // namespace tailrace::cli
