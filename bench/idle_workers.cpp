/// Memory of a million workers that all have a job in flight, d = 10: how much a waiting worker
/// costs.

#include "bench/free_problem.hpp"
#include "bench/measure.hpp"
#include "tailrace/delay/workers.hpp"
#include "tailrace/engine/sim/simulate.hpp"

int main() {
  using namespace tailrace;
  constexpr std::uint32_t workers = 1'000'000;
  const double before = bench::peak_megabytes();
  const bench::FreeProblem problem(10, workers);
  const auto timing = delay::build_timing(
      {.count = workers, .speed = delay::EqualSpeeds{}, .delay = delay::Exponential{}},
      {.seed = 1, .dimension = 10});
  engine::RunOptions options;
  options.stop.steps = 3'000'000;  // by then nearly every worker holds a version of its own
  const auto result = engine::simulate(problem, policy::Method{}, **timing, options);
  const double after = bench::peak_megabytes();
  bench::heading("1,000,000 waiting workers, model of 10 parameters (peak resident memory)");
  bench::report(fmt::format("pure asynchronous SGD, {} steps", result->steps), after, 200, "MB",
                200 / after, ">= 1: under 200 MB");
  fmt::print("before the run {:.1f} MB; {:.0f} bytes a worker, 40 of them its model version\n",
             before, (after - before) * 1024 * 1024 / workers);
}
