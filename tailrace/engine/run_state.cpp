#include "tailrace/engine/run_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tailrace/engine/make_server.hpp"

namespace tailrace::engine {

RunState::RunState(const problem::Problem& problem, const policy::Method& method,
                   const RunOptions& options, Pool* pool)
    : server(make_server(problem, method, options.seed, pool)),
      flight(static_cast<std::uint32_t>(problem.workers())),
      monitor(problem, options.stop, options.evaluate, options.progress, options.observer, pool),
      away(problem.workers(), 0),
      observer(options.observer) {}

bool RunState::send_is_fresh(WorkerId worker, bool sent, bool fresh) {
  const bool was_away = std::exchange(away[worker], sent ? 1 : 0) != 0;
  return sent ? fresh : was_away;
}

void RunState::state(Archive& archive) {
  const std::size_t workers = away.size();
  server->state(archive);
  archive(flight, timers, now, gradients, concurrency_sum, monitor, log_position, recorded, away);
  if (away.size() != workers || flight.workers().size() != workers) {
    away.assign(workers, 0);
    archive.refuse();
  }
  if (observer != nullptr) observer->state(archive);
}

std::vector<Flight::Id> RunState::begin_again() {
  flight.begin_again(*server);
  for (WorkerId worker = 0; worker < flight.workers().size(); ++worker) {
    Flight::Worker& clock = flight.worker(worker);
    if (saved_by == "sim") clock.busy = clock.busy - clock.beyond(now);  // counted in advance there
    clock.began = now;
    clock.free = now;
  }
  return flight.open();
}

RunResult RunState::result(const Checkpoint& checkpoint) {
  RunResult result;
  monitor.finish(standing(), server->models().current(), result);
  result.remarks = server->remarks();
  for (const Error& error : checkpoint.passed_over()) {
    result.remarks.push_back(fmt::format("resumed from {}, as {} could not be used: {}",
                                         checkpoint.restored(), error.where, error.what));
  }
  result.concurrency_max = flight.size_max();
  if (result.counts.arrivals > 0) {
    result.concurrency_mean = concurrency_sum / static_cast<double>(result.counts.arrivals);
  }
  return result;
}

std::vector<double> RunState::real_utilization() const {
  std::vector<double> shares;
  for (const Flight::Worker& worker : flight.workers()) {
    shares.push_back(now.ns > 0 ? std::min(1.0, worker.busy.seconds() / now.seconds()) : 0);
  }
  return shares;
}

bool goes_on_with_more(const Monitor& monitor) {
  const std::optional<Ending>& ending = monitor.ending();
  return ending == Ending::time || ending == Ending::steps || ending == Ending::gradients;
}

}  // namespace tailrace::engine
