#pragma once

#include <string>
#include <vector>

#include "tailrace/report/summary.hpp"

namespace tailrace::report {

struct TableOptions {
  bool color = false;      ///< highlight the method that reached the target first
  bool has_target = true;  ///< else the column says when runs ended
};

/// The comparison as people read it in a terminal: one line a method, medians over seeds, at most
/// 100 columns.
[[nodiscard]] std::string table(const std::vector<MethodSummary>& summaries,
                                const TableOptions& options);

/// Four significant digits at most, thousands with commas: "0.0499", "12.3", "1,234", "3.2e-07".
[[nodiscard]] std::string short_number(double value);

}  // namespace tailrace::report
