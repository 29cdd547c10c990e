#pragma once

#include <string>
#include <vector>

#include "tailrace/cluster/report.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::monitoring {

/// Reads what SpanLog wrote: a run's jobs in the order in which they arrived.
///
/// Of a job that was computed again after a restart of the server the last time counts. A last line
/// that was cut off when its server died is left out.
///
/// Errors  core/io; monitoring/bad-spans with file:line.
[[nodiscard]] Result<std::vector<cluster::Span>> read_spans(const std::string& path);

}  // namespace tailrace::monitoring
