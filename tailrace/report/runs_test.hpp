#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tailrace/report/outcome.hpp"

/// Runs to report on. For tests only; not installed.
namespace tailrace::report::testing {

/// A run with a loss and gradient norm at 0 s, 10 s, 20 s, ...
inline Outcome run_with(std::string method, std::uint64_t seed,
                        const std::vector<double>& gradient_norms) {
  Outcome outcome;
  outcome.method = std::move(method);
  outcome.seed = seed;
  outcome.ending = engine::Ending::time;
  for (const double norm : gradient_norms) {
    const std::size_t i = outcome.samples.size();
    engine::Sample sample;
    sample.step = 100 * i;
    sample.time = Time{static_cast<std::int64_t>(i) * 10'000'000'000};
    sample.gradients = 200 * i;
    sample.evaluation.loss = 2 * norm;
    sample.evaluation.gradient_norm = norm;
    outcome.samples.push_back(sample);
  }
  outcome.steps = outcome.samples.back().step;
  outcome.time = outcome.samples.back().time;
  outcome.gradients = outcome.samples.back().gradients;
  return outcome;
}

/// The same, ended because its last sample reached the target.
inline Outcome reached(Outcome outcome) {
  outcome.ending = engine::Ending::target;
  outcome.target = outcome.samples.back();
  return outcome;
}

}  // namespace tailrace::report::testing
