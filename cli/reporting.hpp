#pragma once

#include <memory>
#include <string>

#include "tailrace/cluster/report.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::cli {

/// Writes what happens in a run on many machines into its folder: events.jsonl, and spans.csv with
/// how long every job took.
///
///   shown  also a line on standard error for every event
///
/// Errors  monitoring/cannot-write.
[[nodiscard]] Result<std::unique_ptr<cluster::Reporter>> open_reporter(const std::string& folder,
                                                                       bool shown);

}  // namespace tailrace::cli
