#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "tailrace/core/time.hpp"

namespace tailrace::cli {

/// What a line of progress tells.
struct ProgressLine {
  double share = 0;  ///< of all runs, 0 to 1
  std::size_t done = 0;
  std::size_t runs = 0;
  std::optional<double> seconds_left;
  double steps_per_second = 0;
  std::string_view unit = "steps";  ///< what is counted instead
  /// One of the runs under way.
  struct Shown {
    std::string name;
    Time time;
    double loss = 0;
  };
  std::optional<Shown> shown;
};

/// The line in at most `columns` characters, the most useful first:
///
///     [#####...............]  25%  t = 1.5 s  1,234 steps/s  loss 0.25  12 s left  1/4 runs  clip2
///
/// What does not fit is left out whole, so that no number is ever cut; only the name of the run
/// loses its end.
[[nodiscard]] std::string to_text(const ProgressLine& line, std::size_t columns);

/// "12 s", "5 min", "3 h 20 min".
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace tailrace::cli
