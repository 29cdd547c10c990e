/// Events per second of the virtual-time engine with gradients that cost nothing, against a bare
/// loop that only pops, draws and pushes; exponential delays.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <queue>
#include <vector>

#include "bench/free_problem.hpp"
#include "bench/measure.hpp"
#include "tailrace/core/distributions.hpp"
#include "tailrace/delay/workers.hpp"
#include "tailrace/engine/sim/event_queue.hpp"
#include "tailrace/engine/sim/simulate.hpp"

namespace {

using namespace tailrace;

/// The bare loop: our own queue and the same keyed draws, nothing else.
double bare_loop(std::uint32_t workers, std::uint64_t events) {
  engine::sim::EventQueue queue;
  const std::uint64_t key = Stream::key_of(1, Purpose::compute);
  std::vector<std::uint32_t> jobs(workers, 0);
  const auto draw = [&](std::uint32_t worker) {
    Stream stream(key, worker, jobs[worker]++);
    return Time::from_seconds(standard_exponential(stream));
  };
  for (std::uint32_t worker = 0; worker < workers; ++worker) queue.push(draw(worker), worker);
  return bench::seconds([&] {
    for (std::uint64_t i = 0; i < events; ++i) {
      const engine::sim::Event event = queue.top();
      queue.pop();
      queue.push(Time{event.ns} + draw(event.payload), event.payload);
    }
  });
}

/// The same with the standard library's queue, to show that the one above is a fair limit.
double bare_loop_std(std::uint32_t workers, std::uint64_t events) {
  struct Event {
    std::int64_t ns;
    std::uint32_t sequence;
    std::uint32_t worker;
    bool operator<(const Event& other) const {
      return ns != other.ns ? ns > other.ns : sequence > other.sequence;
    }
  };
  std::priority_queue<Event> queue;
  const std::uint64_t key = Stream::key_of(1, Purpose::compute);
  std::vector<std::uint32_t> jobs(workers, 0);
  std::uint32_t sequence = 0;
  const auto push = [&](std::int64_t now, std::uint32_t worker) {
    Stream stream(key, worker, jobs[worker]++);
    queue.push({now + Time::from_seconds(standard_exponential(stream)).ns, sequence++, worker});
  };
  for (std::uint32_t worker = 0; worker < workers; ++worker) push(0, worker);
  return bench::seconds([&] {
    for (std::uint64_t i = 0; i < events; ++i) {
      const Event event = queue.top();
      queue.pop();
      push(event.ns, event.worker);
    }
  });
}

double simulated(std::uint32_t workers, std::uint64_t events) {
  const bench::FreeProblem problem(1, workers);
  const auto timing = delay::build_timing(
      {.count = workers, .speed = delay::EqualSpeeds{}, .delay = delay::Exponential{}},
      {.seed = 1, .dimension = 1});
  const auto run = [&](std::uint64_t steps) {
    engine::RunOptions options;
    options.stop.steps = steps;
    return engine::simulate(problem, policy::Method{}, **timing, options)->wall_seconds;
  };
  // Handing out the first jobs is not part of an event's cost.
  return run(events) - run(1);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::uint32_t> sizes = {100, 10'000, 1'000'000};
  if (argc > 1) sizes = {static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10))};
  bench::heading("event loop, exponential delays (events/s)");
  for (const std::uint32_t workers : sizes) {
    const std::uint64_t events = 2'000'000;
    const auto [ours, limit] = bench::best_of(
        5, [&] { return simulated(workers, events); }, [&] { return bare_loop(workers, events); });
    const double count = static_cast<double>(events);
    bench::report(fmt::format("{} workers", workers), count / ours, count / limit, "events/s",
                  limit / ours, ">= 0.5 of the bare loop");
    double library = 1e9;
    for (int round = 0; round < 3; ++round) {
      library = std::min(library, bare_loop_std(workers, events));
    }
    bench::report("  the bare loop with std::priority_queue", count / library, count / limit,
                  "events/s", limit / library, "for comparison");
  }
}
