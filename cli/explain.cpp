#include "tailrace/spec/explain.hpp"

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/console.hpp"

namespace tailrace::cli {

int explain_topic(const std::string& topic) {
  const Result<std::string> text = spec::explain(topic);
  if (!text) return print_errors(text.error());
  fmt::print("{}", *text);
  return Exit::fine;
}

}  // namespace tailrace::cli
