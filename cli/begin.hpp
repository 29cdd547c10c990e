#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/arguments.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/report/run_folder.hpp"
#include "tailrace/spec/prepare.hpp"

namespace tailrace::cli {

/// One run of an experiment.
struct Chosen {
  std::string method;
  std::uint64_t seed = 0;
};

/// All that is needed to run: an experiment, its folder, and which of its runs are wanted.
struct Begun {
  spec::Prepared prepared;
  report::RunFolder folder;
  std::optional<Chosen> only;  ///< none: all of them
};

/// Reads the experiment and makes its folder. With --resume the folder's own experiment counts:
/// options may repeat it but not change it, and nothing is written.
///
/// Errors  those of spec::prepare(), report::RunFolder and check_same(); cli/method, cli/seed.
[[nodiscard]] Result<Begun> begin(const RunArguments& arguments);

}  // namespace tailrace::cli
