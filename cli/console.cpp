#include "cli/console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <utility>

namespace tailrace::cli {

void tell(std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
  static_cast<void>(std::fflush(stderr));
}

Exit print_errors(const Errors& errors) {
  tell(to_string(errors) + '\n');
  constexpr std::array<std::string_view, 6> codes = {"core/disk-full",      "core/io",
                                                     "report/cannot-write", "report/in-use",
                                                     "cli/out-of-memory",   "cli/system"};
  const bool environment = std::any_of(errors.begin(), errors.end(), [&](const Error& error) {
    return error.code.starts_with("engine/") || error.code.starts_with("fetch/") ||
           std::find(codes.begin(), codes.end(), error.code) != codes.end();
  });
  return environment ? Exit::bad_environment : Exit::bad_input;
}

void warn_of(const problem::Problem& problem) {
  const std::string warning = problem.warning();
  if (!warning.empty()) tell(fmt::format("warning: {}\n\n", warning));
}

Result<std::vector<spec::Override>> parse_sets(const std::vector<std::string>& sets) {
  std::vector<spec::Override> overrides;
  Errors errors;
  for (const std::string& set : sets) {
    Result<spec::Override> parsed = spec::parse_set(set);
    if (parsed) {
      overrides.push_back(std::move(*parsed));
    } else {
      std::move(parsed.error().begin(), parsed.error().end(), std::back_inserter(errors));
    }
  }
  if (!errors.empty()) return fail(std::move(errors));
  return overrides;
}

std::string shell_word(std::string_view word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./=:,";
  if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) {
    return std::string(word);
  }
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + '\'';
}

bool output_is_terminal() { return isatty(STDOUT_FILENO) == 1; }

bool errors_are_terminal() { return isatty(STDERR_FILENO) == 1; }

}  // namespace tailrace::cli
