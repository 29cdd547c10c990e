#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "tailrace/spec/prepare.hpp"

namespace tailrace::cli {

int check_experiment(const std::string& file, const std::vector<std::string>& sets) {
  const Result<std::vector<spec::Override>> overrides = parse_sets(sets);
  if (!overrides) return print_errors(overrides.error());
  const Result<spec::Prepared> prepared = spec::prepare(file, *overrides);
  if (!prepared) return print_errors(prepared.error());
  fmt::print("{} is fine\n  {}\n", file, prepared->problems.front()->describe());
  warn_of(*prepared->problems.front());
  for (const spec::MethodSpec& method : prepared->experiment.methods) {
    fmt::print("  method {}\n", method.name);
  }
  return Exit::fine;
}

}  // namespace tailrace::cli
