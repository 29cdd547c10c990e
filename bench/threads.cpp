/// Updates per second of the threads engine with two workers whose gradients are free, d = 10^7,
/// against what the server step alone allows.

#include "bench/free_problem.hpp"
#include "bench/measure.hpp"
#include "tailrace/engine/threads/run_threads.hpp"

namespace {

using namespace tailrace;

constexpr std::size_t dimension = 10'000'000;
constexpr std::uint64_t steps = 200;

double threaded() {
  const bench::FreeProblem problem(dimension, 2);
  engine::RunOptions options;
  options.stop.steps = steps;
  options.threads = 2;
  return engine::run_threads(problem, policy::Method{}, nullptr, options)->wall_seconds;
}

/// The server's work and nothing else: one update after the other, nobody reads the model.
double server_alone(Pool* pool) {
  const std::vector<Real> start(dimension, 1);
  const auto server = policy::make_server({}, {.start = start, .pool = pool});
  policy::Update update;
  policy::Actions actions;
  for (Real& value : update.start(dimension)) value = 0;
  return bench::seconds([&] {
    for (std::uint64_t step = 0; step < steps; ++step) {
      static_cast<void>(update.start(dimension));
      actions.clear();
      server->arrive({.worker = 0, .job = step, .started = step, .start = {}}, update, actions);
    }
  });
}

}  // namespace

int main() {
  bench::heading("threads, 2 workers with free gradients, d = 10^7 (updates/s)");
  const auto [ours, limit] = bench::best_of(
      5, [] { return threaded(); }, [] { return server_alone(nullptr); });
  bench::report("against the server step alone", steps / ours, steps / limit, "updates/s",
                limit / ours, ">= 0.7");
  Pool two(2);
  const auto [again, shared] = bench::best_of(
      5, [] { return threaded(); }, [&] { return server_alone(&two); });
  bench::report("against the server step alone on both cores", steps / again, steps / shared,
                "updates/s", shared / again, "for comparison");
}
