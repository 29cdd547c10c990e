#include "tailrace/cluster/training.hpp"

#include <algorithm>
#include <utility>

namespace tailrace::cluster {

using engine::Ending;

Training::Training(const problem::Problem& problem, const policy::Method& method,
                   const engine::RunOptions& options, Orders& orders, Clock clock)
    : problem_(problem),
      method_(method),
      options_(options),
      orders_(orders),
      clock_(clock ? std::move(clock) : Clock(&std::chrono::steady_clock::now)),
      pool_(options.threads > 1 ? std::make_unique<Pool>(options.threads) : nullptr),
      run_(problem, method, options_, pool_.get()),
      checkpoint_(options_.checkpoint) {}

Result<bool> Training::begin() {
  const Result<bool> resumed = checkpoint_.restore([this](Archive& archive) { state(archive); });
  if (!resumed) return fail(resumed.error());
  if (options_.log != nullptr) {
    const Status rewound = options_.log->rewind(run_.log_position);
    if (!rewound) return fail(rewound.error());
  }
  began_ = clock_() - std::chrono::nanoseconds(run_.now.ns);
  if (*resumed) {
    if (options_.observer != nullptr) options_.observer->restored(run_.monitor.samples());
    for (const JobId job : run_.begin_again()) give(job);
    end_if_at_end();
  } else {
    run_.monitor.evaluate(run_.standing(), run_.server->models().current());
    run_.server->begin(actions_);
    carry_out();
  }
  return *resumed;
}

/// A checkpoint may be the last one of a run that had come to its end.
void Training::end_if_at_end() {
  run_.monitor.after_arrival(run_.standing(), false);
  const std::optional<engine::Target>& target = options_.stop.target;
  const std::vector<engine::Sample>& samples = run_.monitor.samples();
  if (target && !samples.empty() && target->reached(samples.back().evaluation)) {
    run_.monitor.end(Ending::target);
  }
}

Time Training::clock() const {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(clock_() - began_).count()};
}

void Training::give(JobId job) {
  if (options_.observer != nullptr) {
    const engine::Flight::Job& given = run_.flight[job];
    options_.observer->started(given.worker, given.number, given.version, clock());
  }
  orders_.give(job);
}

void Training::cancel(WorkerId worker) {
  const std::vector<JobId> jobs = run_.flight.jobs_of(worker);
  orders_.cancel(worker, jobs);
  for (const JobId job : jobs) {
    if (options_.observer != nullptr) {
      options_.observer->canceled(worker, run_.flight[job].number, run_.now);
    }
    run_.flight.cancel(job, /*reading=*/false, *run_.server);
    run_.flight.forget(job, *run_.server);
  }
}

void Training::ring(Time until) {
  while (!over() && run_.timers.next() <= until) {
    // A timer rings at its own moment, so that a replay needs no entry in the log.
    const policy::Timer timer = run_.timers.take();
    run_.now = std::max(run_.now, timer.at);
    actions_.clear();
    run_.server->timer(timer.name, timer.at, actions_);
    if (actions_.stepped) record({.worker = engine::LogEntry::timer, .time = run_.now});
    carry_out();
    run_.monitor.after_arrival(run_.standing(), actions_.diverged);
  }
}

void Training::prepare_arrival() {
  // Strictly increasing, so that the log's times alone tell the order.
  arrival_ = std::max(clock(), run_.now + Time{1});
  ring(arrival_);
}

void Training::arrive(JobId job, policy::Update& update, const Sent& sent) {
  run_.now = std::max(arrival_, run_.now + Time{1});
  policy::Arrived arrived = run_.flight.arrived(job, run_.now, *run_.server);
  arrived.sent = sent.by_worker;
  arrived.fresh = run_.send_is_fresh(arrived.worker, sent.by_worker, sent.fresh);
  if (options_.observer != nullptr) options_.observer->arrived(arrived, update, run_.now);
  record({.worker = arrived.worker, .time = run_.now, .fresh = arrived.fresh});
  run_.gradients += arrived.steps;
  run_.concurrency_sum += static_cast<double>(run_.flight.size());
  actions_.clear();
  run_.server->arrive(arrived, update, actions_);
  run_.flight.land(job, *run_.server);
  carry_out();
  run_.monitor.after_arrival(run_.standing(), actions_.diverged);
}

void Training::carry_out() {
  if (actions_.stepped) {
    if (options_.observer != nullptr) {
      options_.observer->stepped(run_.server->version(), run_.server->models().current(), run_.now);
    }
    if (run_.monitor.evaluates_after(run_.server->version())) plan_evaluation();
  }
  for (const WorkerId worker : actions_.cancel) cancel(worker);
  for (const policy::Start& start : actions_.start) {
    give(run_.flight.take_off(start, method_.local.steps, *run_.server));
  }
  for (const policy::Timer& timer : actions_.timers) run_.timers.set(timer);
}

void Training::plan_evaluation() {
  if (evaluating_ || planned_ != nullptr) return;  // it would only slow the run down
  planned_ = std::make_unique<Evaluation>();
  const std::span<const Real> model = run_.server->models().current();
  planned_->model.assign(model.begin(), model.end());
  planned_->counts = run_.server->counts();
  planned_->standing = run_.standing();
}

std::unique_ptr<Training::Evaluation> Training::take_evaluation() {
  evaluating_ = planned_ != nullptr;
  return std::move(planned_);
}

void Training::record(Evaluation& evaluation, const problem::Evaluation& figures) {
  evaluating_ = false;
  evaluation.standing.counts = &evaluation.counts;
  if (!over()) run_.monitor.record(evaluation.standing, figures);
}

void Training::keep_house() {
  if (over()) return;
  if (options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_relaxed)) {
    return run_.monitor.end(Ending::interrupted);
  }
  ring(clock());
  if (run_.flight.size() == 0 && run_.timers.empty()) return run_.monitor.end(Ending::idle);
  if (const Time now = clock(); run_.monitor.next_moment() <= now) {
    run_.now = std::max(run_.now, now);
    if (run_.monitor.evaluation_due(now)) plan_evaluation();
    run_.monitor.pass(now);
  }
  if (options_.log != nullptr && options_.log->failed()) remember(options_.log->flush());
  run_.monitor.report(run_.standing());
}

void Training::record(const engine::LogEntry& entry) {
  ++run_.recorded;
  if (options_.log != nullptr) options_.log->add(entry);
}

Result<engine::Checkpoint::Snapshot> Training::snapshot() {
  if (options_.log != nullptr) {
    if (Status synced = options_.log->sync(); !synced) return fail(synced.error());
    run_.log_position = options_.log->position();
  }
  return checkpoint_.snapshot([this](Archive& archive) { state(archive); });
}

bool Training::saves_at_end() const {
  // Workers that have been told that a run is over do not come back: a server that dies before it
  // has written the result has to find the end by itself.
  return has_checkpoints() && !error_ && ending() && ending() != Ending::diverged;
}

void Training::fail_run(Errors errors) {
  if (!error_) error_ = std::move(errors);
}

void Training::remember(const Status& status) {
  if (!status) fail_run(status.error());
}

double Training::loss() const {
  return run_.monitor.samples().empty() ? 0 : run_.monitor.samples().back().evaluation.loss;
}

Result<engine::RunResult> Training::finish() {
  if (error_) return fail(*error_);
  engine::RunResult result = run_.result(checkpoint_);
  result.utilization = run_.real_utilization();
  result.wall_seconds = clock().seconds();
  if (options_.log != nullptr) {
    if (Status flushed = options_.log->flush(); !flushed) return fail(flushed.error());
  }
  return result;
}

void Training::state(Archive& archive) {
  archive(run_);
  run_.engine_state(archive, "cluster", [this](Archive& own) { orders_.state(own); });
}

}  // namespace tailrace::cluster
