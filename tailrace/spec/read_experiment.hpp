#pragma once

#include "tailrace/spec/experiment.hpp"
#include "tailrace/spec/findings.hpp"
#include "tailrace/spec/node.hpp"

namespace tailrace::spec {

/// An experiment as far as it could be read, and what was wrong with the rest.
struct Draft {
  Experiment experiment;
  Findings findings;
};

/// Reads a document option by option, after turning its grids into methods of their own. Whether
/// the options fit together is for check().
[[nodiscard]] Draft read_experiment(Node& document);

}  // namespace tailrace::spec
