// Feeds arbitrary text to the reader of experiment files. What it accepts must be written and read
// back to the same experiment, and what it refuses must be refused with complete errors.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tailrace/core/check.hpp"
#include "tailrace/spec/prepare.hpp"
#include "tailrace/spec/writer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto experiment = tailrace::spec::parse_experiment(text, "input");
  if (experiment) {
    const std::string written = tailrace::spec::to_toml(*experiment);
    const auto copy = tailrace::spec::parse_experiment(written, "copy");
    TAILRACE_CHECK(copy.has_value());
    TAILRACE_CHECK(tailrace::spec::to_toml(*copy) == written);
    return 0;
  }
  TAILRACE_CHECK(!experiment.error().empty());
  for (const tailrace::Error& error : experiment.error()) {
    TAILRACE_CHECK(!error.code.empty() && !error.what.empty() && !error.fix.empty());
  }
  return 0;
}
