#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/measured.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/engine/recorded_times.hpp"
#include "tailrace/engine/run.hpp"

namespace tailrace::cli {

/// A recorded run that has been repeated, and the times that its jobs took.
struct Recording {
  std::string experiment;  ///< its file
  std::string method;
  std::uint64_t seed = 0;
  const engine::RunResult& result;
  std::optional<engine::Sample> target = {};  ///< where the run reached it
  const engine::RecordedTimes& times;
  std::optional<MeasuredTimes> measured = {};  ///< where workers said how long they computed
};

/// Runs another method with the times of a recorded run, worker by worker in their order, beginning
/// anew when they run out; prints both side by side. An estimate: it takes a worker to be as fast
/// with any method at any moment.
///
///   method  one of the experiment, or a recipe with its default options
///   sets    "key.path=value", of that method's experiment
///
/// Errors  those of spec::prepare() and engine::simulate(); cli/no-times; cli/other-experiment when
///         the number of workers differs.
[[nodiscard]] Status try_method(const Recording& recording, const std::string& method,
                                const std::vector<std::string>& sets);

/// Writes the times as the delay model `trace` reads them, and prints the table [workers] that
/// reads it. Workers with fewer than others begin anew. Measured times are written without their
/// messages, which the table has as a network.
///
/// Errors  cli/no-times; core/io.
[[nodiscard]] Status write_delays(const Recording& recording, const std::string& file);

/// Prints the closest law as a table [workers], with a network where there are measured times.
///
/// Errors  cli/no-times; delay/too-few-times.
[[nodiscard]] Status print_fit(const Recording& recording);

}  // namespace tailrace::cli
