#pragma once

#include "tailrace/spec/experiment.hpp"
#include "tailrace/spec/findings.hpp"
#include "tailrace/spec/node.hpp"

namespace tailrace::spec {

/// Whether the options of an experiment fit together, without building anything: seeds, stop rules,
/// targets, and every method against the number of workers. Says nothing about options that could
/// not be read.
void check(const Experiment& experiment, const Node& document, Findings& findings);

/// Adds errors that name an option in their `where`, with its file and line.
///
///   prefix  path of the table the option is in; "" where errors give whole paths
void blame(const Errors& errors, const std::string& prefix, const Node& document,
           Findings& findings);

}  // namespace tailrace::spec
