#pragma once

#include <cstddef>
#include <cstdint>

#include "bench/measure.hpp"
#include "tailrace/delay/workers.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/problem/problem.hpp"

namespace tailrace::bench {

/// What a simulation took, and where it ended.
struct Simulated {
  double seconds = 0;  ///< without the evaluations at both ends, which are no part of a step's cost
  std::uint64_t hash = 0;
};

/// Pure asynchronous SGD with workers of unequal, fixed speeds.
[[nodiscard]] inline Simulated simulated(const problem::Problem& problem, double step_size,
                                         std::uint64_t steps, std::size_t threads) {
  const auto timing = delay::build_timing({.count = static_cast<WorkerId>(problem.workers()),
                                           .speed = delay::LinearSpeeds{},
                                           .delay = delay::Fixed{}},
                                          {.seed = 1, .dimension = 1});
  engine::RunOptions options;
  options.stop.steps = steps;
  options.threads = threads;
  policy::Method method;
  method.step_size = policy::ConstantStep{step_size};
  const auto result = engine::simulate(problem, method, **timing, options);
  const double evaluation =
      seconds([&] { static_cast<void>(problem.evaluate(result->model, nullptr)); });
  return {result->wall_seconds - 2 * evaluation, result->model_hash};
}

/// One line on two computing threads against one, best of five, and whether the bits are the same.
/// `what` takes the seconds of a step on one thread.
inline void report_two_cores(const problem::Problem& problem, double step_size, std::uint64_t steps,
                             auto&& what) {
  std::uint64_t hashes[2] = {};
  const auto on = [&](std::size_t threads) {
    const Simulated run = simulated(problem, step_size, steps, threads);
    hashes[threads - 1] = run.hash;
    return run.seconds;
  };
  const auto [two, one] = best_of(
      5, [&] { return on(2); }, [&] { return on(1); });
  const auto count = static_cast<double>(steps);
  report(what(one / count), count / two, count / one, "steps/s", one / two, ">= 1.8");
  fmt::print("same bits: {}\n", hashes[0] == hashes[1] ? "yes" : "NO");
}

}  // namespace tailrace::bench
