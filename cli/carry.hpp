#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tailrace/core/result.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/problem/problem.hpp"
#include "tailrace/spec/experiment.hpp"

namespace tailrace::cli {

/// One run, ready for an engine.
struct RunAtHand {
  const spec::Experiment& experiment;
  const spec::MethodSpec& spec;
  const policy::Method& method;
  const problem::Problem& problem;
  const engine::RunOptions& options;
  std::uint64_t fingerprint = 0;  ///< of experiment, method and seed
  std::string folder;             ///< of the run
};

/// Carries a run out on other machines.
using Carry = std::function<Result<engine::RunResult>(const RunAtHand&)>;

}  // namespace tailrace::cli
