#pragma once

#include "tailrace/spec/findings.hpp"
#include "tailrace/spec/node.hpp"

namespace tailrace::spec {

/// Turns every method with a grid into one method for each combination of its values.
///
///     [[method]]
///     recipe = "clipped_async_sgd"
///     grid = { step_size = [0.5, 0.25, 0.125], threshold = [1, 2] }
///
/// becomes six methods called clipped_async_sgd-step_size-0.5-threshold-1 and so on, all with
/// group = "clipped_async_sgd". Keys are paths within the method ("worker.step_size"); values are
/// whatever the option takes. Methods of one group are tuned against each other: a report shows the
/// best of each.
///
/// Findings  grid is no table, a key names no list, a list is empty, more than 10,000 methods.
void expand_grids(Node& document, Findings& findings);

}  // namespace tailrace::spec
