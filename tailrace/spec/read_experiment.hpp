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

/// Reads a document option by option. Whether the options fit together is for check().
[[nodiscard]] Draft read_experiment(const Node& document);

}  // namespace tailrace::spec
