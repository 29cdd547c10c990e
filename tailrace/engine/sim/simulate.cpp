#include "tailrace/engine/sim/simulate.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "tailrace/core/check.hpp"
#include "tailrace/engine/flight.hpp"
#include "tailrace/engine/run_state.hpp"
#include "tailrace/engine/sim/computers.hpp"
#include "tailrace/engine/sim/event_queue.hpp"
#include "tailrace/policy/worker.hpp"

namespace tailrace::engine {
namespace {

using Clock = std::chrono::steady_clock;

class Simulation {
 public:
  Simulation(const problem::Problem& problem, const policy::Method& method, delay::Timing& timing,
             const RunOptions& options)
      : problem_(problem),
        method_(method),
        timing_(timing),
        options_(options),
        pool_(options.threads > 1 ? std::make_unique<Pool>(options.threads) : nullptr),
        run_(problem, method, options, pool_.get()),
        keys_(options.seed),
        worker_(problem, method.local, keys_),
        checkpoint_(options.checkpoint) {}

  Result<RunResult> run() {
    const Clock::time_point began = Clock::now();
    const Result<bool> resumed = checkpoint_.restore([this](Archive& archive) { state(archive); });
    if (!resumed) return fail(resumed.error());
    if (options_.log != nullptr) {
      const Status rewound = options_.log->rewind(run_.log_position);
      if (!rewound) return fail(rewound.error());
    }
    if (*resumed) {
      if (options_.observer != nullptr) options_.observer->restored(run_.monitor.samples());
      if (run_.saved_by != engine_name) take_over();
      run_.monitor.after_arrival(run_.standing(), false);  // it may have been at its limit already
    } else {
      begin();
    }
    while (!run_.monitor.ending() && !(queue_.empty() && run_.timers.empty()) &&
           !(options_.repeats != nullptr && run_.recorded == options_.repeats->entries.size())) {
      if (Status healthy = housekeeping(); !healthy) return fail(healthy.error());
      if (!run_.monitor.ending()) advance();
    }
    if (options_.checkpoint.at_end && goes_on_with_more(run_.monitor)) {
      if (Status saved = save(); !saved) return fail(saved.error());
    }
    return finish(began);
  }

 private:
  void begin() {
    evaluate();
    run_.server->begin(actions_);
    carry_out();
  }

  /// On all threads, while no jobs are computed: a thread then needs memory for one of both.
  void evaluate() {
    std::optional<sim::Computers::Rest> rest;
    if (computers_ != nullptr) rest.emplace(*computers_);
    run_.monitor.evaluate(run_.standing(), run_.server->models().current());
  }

  /// What is not part of an event: interrupts, and every so often checkpoints and progress.
  Status housekeeping() {
    if (options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_relaxed)) {
      run_.monitor.end(Ending::interrupted);
      return save();
    }
    if (++events_ < next_look_) return {};
    plan_next_look();
    run_.monitor.report(run_.standing());
    if (options_.log != nullptr && options_.log->failed()) return options_.log->flush();
    return checkpoint_.due() ? save() : Status();
  }

  /// Looks about every millisecond, though it reads the clock only when it looks: an event may take
  /// a tenth of a microsecond or a minute.
  void plan_next_look() {
    const Clock::time_point now = Clock::now();
    const std::chrono::duration<double> since = now - last_look_;
    if (since.count() < 0.5e-3) look_every_ = std::min<std::uint64_t>(2 * look_every_, 1 << 16);
    if (since.count() > 2e-3) look_every_ = std::max<std::uint64_t>(look_every_ / 2, 1);
    last_look_ = now;
    next_look_ = events_ + look_every_;
  }

  Status save() {
    if (options_.log != nullptr) {
      if (Status synced = options_.log->sync(); !synced) return synced;
      run_.log_position = options_.log->position();
    }
    return checkpoint_.save([this](Archive& archive) { state(archive); });
  }

  /// Up to the next event, or to the moment at which the clock alone calls for something.
  void advance() {
    const Time arrival = queue_.empty() ? Time::never() : Time{queue_.top().ns};
    const Time moment = run_.monitor.next_moment();
    if (moment < std::min(arrival, run_.timers.next())) {
      run_.now = moment;
      if (run_.monitor.evaluation_due(run_.now)) evaluate();
      return run_.monitor.pass(run_.now);
    }
    if (run_.timers.next() <= arrival) return ring();
    const Flight::Id id = queue_.top().payload;
    queue_.pop();
    if (run_.flight[id].canceled) return run_.flight.forget(id, *run_.server);
    if (run_.away.size() > cached_workers) fetch_soon();
    run_.now = arrival;
    deliver(id);
  }

  void ring() {
    run_.now = run_.timers.next();
    actions_.clear();
    run_.server->timer(run_.timers.take().name, run_.now, actions_);
    if (actions_.stepped) record({LogEntry::timer, run_.now});
    carry_out();
    run_.monitor.after_arrival(run_.standing(), actions_.diverged);
  }

  /// With very many workers an event's time goes into waiting for memory. What one of the next
  /// events needs is asked for while this one is handled; its job record was asked for an event or
  /// more ago, so reading it is cheap.
  void fetch_soon() {
    queue_.each_soon([this](const sim::Event& soon) {
      const Flight::Job& job = run_.flight[soon.payload];
      run_.flight.fetch(job.worker);
      run_.server->models(job.branch).fetch(job.slot);
    });
    queue_.each_later(
        [this](const sim::Event& later) { __builtin_prefetch(&run_.flight[later.payload]); });
  }

  void deliver(Flight::Id id) {
    const bool elsewhere = computers_ != nullptr;
    policy::Update& update = computed(id);
    policy::Arrived arrived = run_.flight.arrived(id, run_.now, *run_.server);
    arrived.fresh = options_.repeats != nullptr
                        ? options_.repeats->entries[run_.recorded].fresh
                        : run_.send_is_fresh(arrived.worker, /*sent=*/false, /*fresh=*/false);
    if (options_.observer != nullptr) options_.observer->arrived(arrived, update, run_.now);
    record({arrived.worker, run_.now, arrived.fresh});
    run_.gradients += arrived.steps;
    run_.concurrency_sum += static_cast<double>(run_.flight.size());
    actions_.clear();
    run_.server->arrive(arrived, update, actions_);
    if (elsewhere) computers_->recycle(id);
    run_.flight.land(id, *run_.server);
    carry_out();
    run_.monitor.after_arrival(run_.standing(), actions_.diverged);
  }

  void record(const LogEntry& entry) {
    ++run_.recorded;
    if (options_.log != nullptr) options_.log->add(entry);
  }

  void carry_out() {
    if (actions_.stepped) {
      const std::span<const Real> model = run_.server->models().current();
      if (options_.observer != nullptr)
        options_.observer->stepped(run_.server->version(), model, run_.now);
      if (run_.monitor.evaluates_after(run_.server->version())) evaluate();
    }
    for (const WorkerId worker : actions_.cancel) cancel(worker);
    for (const policy::Start& job : actions_.start) start(job);
    for (const policy::Timer& timer : actions_.timers) run_.timers.set(timer);
  }

  void cancel(WorkerId worker) {
    const std::vector<Flight::Id> jobs = run_.flight.jobs_of(worker);
    for (const Flight::Id id : jobs) {
      if (options_.observer != nullptr)
        options_.observer->canceled(worker, run_.flight[id].number, run_.now);
      if (computers_ && !run_.flight[id].lost) computers_->cancel(id);
      run_.flight.cancel(id, /*reading=*/false, *run_.server);
      if (run_.flight[id].lost) run_.flight.forget(id, *run_.server);  // no event will come for it
    }
    timing_.cancel(worker, jobs.size());
    Flight::Worker& clock = run_.flight.worker(worker);
    clock.busy = clock.busy - clock.beyond(run_.now);
    clock.free = run_.now;
    // Events of canceled jobs are skipped when their time comes; not so many that they crowd out
    // the others.
    if (run_.flight.canceled() < 64 || 2 * run_.flight.canceled() < queue_.size()) return;
    std::vector<Flight::Id> dropped;
    queue_.remove([&](Flight::Id id) {
      if (run_.flight[id].canceled) dropped.push_back(id);
      return run_.flight[id].canceled;
    });
    std::sort(dropped.begin(), dropped.end());
    for (const Flight::Id id : dropped) run_.flight.forget(id, *run_.server);
  }

  void start(const policy::Start& order) {
    const Flight::Id id = run_.flight.take_off(order, method_.local.steps, *run_.server);
    const Time arrival = plan(id);
    if (arrival == Time::never()) return run_.flight.lose(id);
    queue_.push(arrival, id);
    if (computers_) computers_->post(id, arrival, run_.flight.job(id, *run_.server));
  }

  /// Asks how long the job takes; returns when its update arrives.
  Time plan(Flight::Id id) {
    const Flight::Job& job = run_.flight[id];
    Flight::Worker& clock = run_.flight.worker(job.worker);
    const delay::JobSpan span =
        timing_.schedule({job.worker, job.number, job.steps, run_.now, clock.free});
    if (options_.observer != nullptr) {
      options_.observer->started(job.worker, job.number, job.version, run_.now);
    }
    if (span.start > clock.free) clock.began = span.start;
    clock.free = span.end;
    if (span.arrival != Time::never()) clock.busy = clock.busy + (span.end - span.start);
    return span.arrival;
  }

  /// Goes on from another engine's checkpoint. No two of the jobs that are given out again arrive
  /// at the same time, nor now: a replay gave them out in another order, and times alone must tell
  /// which comes first.
  void take_over() {
    struct Planned {
      Time arrival;
      Flight::Id id;
    };
    std::vector<Planned> planned;
    for (const Flight::Id id : run_.begin_again()) {
      const Time arrival = plan(id);
      if (arrival == Time::never()) {
        run_.flight.lose(id);
      } else {
        planned.push_back({arrival, id});
      }
    }
    std::stable_sort(planned.begin(), planned.end(),
                     [](const Planned& a, const Planned& b) { return a.arrival < b.arrival; });
    Time before = run_.now;
    for (const Planned& job : planned) {
      before = std::max(job.arrival, before + Time{1});
      queue_.push(before, job.id);
    }
  }

  /// The job's update, from another thread or computed now.
  policy::Update& computed(Flight::Id id) {
    if (computers_) return computers_->take(id);
    if (options_.threads > 1 && measured_ < measured_max) return measure(id);
    worker_.run(run_.flight.job(id, *run_.server), update_);
    return update_;
  }

  /// Handing a job to another thread costs a few microseconds, so that is done only for jobs that
  /// cost more. The first jobs are timed to find out; this decides where jobs run, never what they
  /// give.
  policy::Update& measure(Flight::Id id) {
    const Clock::time_point began = Clock::now();
    worker_.run(run_.flight.job(id, *run_.server), update_);
    measured_seconds_ += std::chrono::duration<double>(Clock::now() - began).count();
    ++measured_;
    if (measured_seconds_ > measured_max * 1e-5) {  // even if the others cost nothing
      measured_ = measured_max;
      go_parallel();
    }
    return update_;
  }

  void go_parallel() {
    computers_ = std::make_unique<sim::Computers>(problem_, method_.local, keys_, options_.threads);
    queue_.each([&](const sim::Event& event) {
      if (run_.flight[event.payload].canceled) return;
      computers_->post(event.payload, {event.ns}, run_.flight.job(event.payload, *run_.server));
    });
  }

  Result<RunResult> finish(Clock::time_point began) {
    computers_.reset();
    RunResult result = run_.result(checkpoint_);
    for (const Flight::Worker& clock : run_.flight.workers()) {
      // What was planned beyond the end has not been computed.
      const double busy = std::max(0.0, (clock.busy - clock.beyond(run_.now)).seconds());
      result.utilization.push_back(run_.now.ns > 0 ? std::min(1.0, busy / run_.now.seconds()) : 0);
    }
    result.wall_seconds = std::chrono::duration<double>(Clock::now() - began).count();
    if (options_.log != nullptr) {
      if (Status flushed = options_.log->flush(); !flushed) return fail(flushed.error());
    }
    return result;
  }

  void state(Archive& archive) {
    archive(run_);
    run_.engine_state(archive, engine_name, [this](Archive& own) {
      own(queue_);
      timing_.state(own);
    });
  }

  static constexpr std::string_view engine_name = "sim";
  static constexpr int measured_max = 16;
  /// Up to about this many workers everything an event touches stays in the second-level cache.
  static constexpr std::uint32_t cached_workers = 20'000;

  const problem::Problem& problem_;
  const policy::Method& method_;
  delay::Timing& timing_;
  const RunOptions& options_;
  std::unique_ptr<Pool> pool_;
  RunState run_;
  policy::JobKeys keys_;
  policy::Worker worker_;
  policy::Update update_;
  std::unique_ptr<sim::Computers> computers_;
  Checkpoint checkpoint_;
  sim::EventQueue queue_;
  policy::Actions actions_;
  std::uint64_t events_ = 0;
  std::uint64_t next_look_ = 1;
  std::uint64_t look_every_ = 1;
  Clock::time_point last_look_ = Clock::now();
  int measured_ = 0;
  double measured_seconds_ = 0;
};

}  // namespace

Result<RunResult> simulate(const problem::Problem& problem, const policy::Method& method,
                           delay::Timing& timing, const RunOptions& options) {
  return Simulation(problem, method, timing, options).run();
}

}  // namespace tailrace::engine
