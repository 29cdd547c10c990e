#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tailrace/core/result.hpp"
#include "tailrace/problem/problem.hpp"
#include "tailrace/spec/document.hpp"
#include "tailrace/spec/experiment.hpp"

namespace tailrace::spec {

/// An experiment that is ready to run: everything that can be refused has been checked.
struct Prepared {
  Experiment experiment;
  std::vector<std::unique_ptr<problem::Problem>> problems;  ///< one for every seed, in that order
};

/// Reads an experiment and checks how its options fit together. Every error has a file and a line,
/// and all of them come in one go.
[[nodiscard]] Result<Experiment> read_checked(Node document);

/// The same from text; its includes are refused. For tests and for experiments made by programs.
[[nodiscard]] Result<Experiment> parse_experiment(std::string_view text,
                                                  const std::string& source = "experiment");

/// Loads a file, reads and checks it, and builds its problems and delays, so that nothing about the
/// input can go wrong later.
[[nodiscard]] Result<Prepared> prepare(const std::string& path,
                                       const std::vector<Override>& overrides = {},
                                       const ReadFile& read_file = read_text);

}  // namespace tailrace::spec
