#pragma once

#include <string>
#include <string_view>

#include "tailrace/core/result.hpp"

namespace tailrace::spec {

/// What `tailrace explain` prints: summary, formula or algorithm, options and source.
///
///   topic  a component or table ("clip_norm", "workers"), one of its options
///          ("clip_norm.threshold"), the name of an option ("slowdown"), or a name within a kind
///          where several share it ("noise.pareto")
///
/// Errors  spec/unknown-topic with the nearest name.
[[nodiscard]] Result<std::string> explain(std::string_view topic);

/// What `tailrace list` prints: names and summaries by kind.
///
///   kind  "transforms" or "transform"; empty: all of them
///
/// Errors  spec/unknown-kind with the nearest one.
[[nodiscard]] Result<std::string> list(std::string_view kind = {});

}  // namespace tailrace::spec
