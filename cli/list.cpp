#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "tailrace/spec/explain.hpp"

namespace tailrace::cli {

int list_components(const std::string& kind) {
  const Result<std::string> text = spec::list(kind);
  if (!text) return print_errors(text.error());
  fmt::print("{}", *text);
  return Exit::fine;
}

}  // namespace tailrace::cli
