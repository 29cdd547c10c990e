#pragma once

#include <string>

#include "tailrace/cluster/report.hpp"

namespace tailrace::monitoring {

/// Where a run stands, in the text format that Prometheus reads. Each metric once, behind its HELP
/// and TYPE; counters end in _total and count since the server was started; units are base units.
///
/// Source  https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4.
[[nodiscard]] std::string metrics_text(const cluster::Standings& standings);

}  // namespace tailrace::monitoring
