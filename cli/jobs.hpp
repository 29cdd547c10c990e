#pragma once

#include "tailrace/cluster/client.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/spec/prepare.hpp"

namespace tailrace::cli {

/// The experiment that a server's Welcome speaks of, with its method and the problem of its seed
/// alone.
///
/// Errors  cluster/other-run for a method that this program does not know; those of
///         spec::prepare(), such as data that are not here.
[[nodiscard]] Result<spec::Prepared> prepare_for(const cluster::Welcome& welcome);

}  // namespace tailrace::cli
