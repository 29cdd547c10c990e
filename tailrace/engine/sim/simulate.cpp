#include "tailrace/engine/sim/simulate.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "tailrace/core/check.hpp"
#include "tailrace/engine/flight.hpp"
#include "tailrace/engine/make_server.hpp"
#include "tailrace/engine/monitor.hpp"
#include "tailrace/engine/sim/computers.hpp"
#include "tailrace/engine/sim/event_queue.hpp"
#include "tailrace/engine/timers.hpp"
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
        workers_(static_cast<std::uint32_t>(problem.workers())),
        server_(make_server(problem, method, options.seed, pool_.get())),
        keys_(options.seed),
        worker_(problem, method.local, keys_),
        monitor_(problem, options.stop, options.evaluate, options.progress, options.observer,
                 pool_.get()),
        checkpoint_(options.checkpoint),
        flight_(workers_) {}

  Result<RunResult> run() {
    const Clock::time_point began = Clock::now();
    const Result<bool> resumed = checkpoint_.restore([this](Archive& archive) { state(archive); });
    if (!resumed) return fail(resumed.error());
    if (options_.log != nullptr) {
      const Status rewound = options_.log->rewind(log_position_);
      if (!rewound) return fail(rewound.error());
    }
    if (*resumed) {
      if (options_.observer != nullptr) options_.observer->restored(monitor_.samples());
      monitor_.after_arrival(standing(), false);  // it may have been at its limit already
    } else {
      begin();
    }
    while (!monitor_.ending() && !(queue_.empty() && timers_.empty()) &&
           recorded_ != options_.log_entries) {
      if (Status healthy = housekeeping(); !healthy) return fail(healthy.error());
      if (!monitor_.ending()) advance();
    }
    if (options_.checkpoint.at_end && goes_on_with_more()) {
      if (Status saved = save(); !saved) return fail(saved.error());
    }
    return finish(began);
  }

 private:
  void begin() {
    evaluate();
    server_->begin(actions_);
    carry_out();
  }

  /// On all threads, while no jobs are computed: a thread then needs memory for one of both.
  void evaluate() {
    std::optional<sim::Computers::Rest> rest;
    if (computers_ != nullptr) rest.emplace(*computers_);
    monitor_.evaluate(standing(), server_->models().current());
  }

  /// Whether the same run with a later limit would not end here.
  [[nodiscard]] bool goes_on_with_more() const {
    const std::optional<Ending>& ending = monitor_.ending();
    return ending == Ending::time || ending == Ending::steps || ending == Ending::gradients;
  }

  /// What is not part of an event: interrupts, and every so often checkpoints and progress.
  Status housekeeping() {
    if (options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_relaxed)) {
      monitor_.end(Ending::interrupted);
      return save();
    }
    if (++events_ < next_look_) return {};
    plan_next_look();
    monitor_.report(standing());
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
      log_position_ = options_.log->position();
    }
    return checkpoint_.save([this](Archive& archive) { state(archive); });
  }

  /// Up to the next event, or to the moment at which the clock alone calls for something.
  void advance() {
    const Time arrival = queue_.empty() ? Time::never() : Time{queue_.top().ns};
    const Time moment = monitor_.next_moment();
    if (moment < std::min(arrival, timers_.next())) {
      now_ = moment;
      if (monitor_.evaluation_due(now_)) evaluate();
      return monitor_.pass(now_);
    }
    if (timers_.next() <= arrival) return ring();
    const Flight::Id id = queue_.top().payload;
    queue_.pop();
    if (flight_[id].canceled) return flight_.forget(id, *server_);
    if (workers_ > cached_workers) fetch_soon();
    now_ = arrival;
    deliver(id);
  }

  void ring() {
    now_ = timers_.next();
    actions_.clear();
    server_->timer(timers_.take().name, now_, actions_);
    if (actions_.stepped) record(LogEntry::timer);
    carry_out();
    monitor_.after_arrival(standing(), actions_.diverged);
  }

  /// With very many workers an event's time goes into waiting for memory. What one of the next
  /// events needs is asked for while this one is handled; its job record was asked for an event or
  /// more ago, so reading it is cheap.
  void fetch_soon() {
    queue_.each_soon([this](const sim::Event& soon) {
      const Flight::Job& job = flight_[soon.payload];
      flight_.fetch(job.worker);
      server_->models(job.branch).fetch(job.slot);
    });
    queue_.each_later(
        [this](const sim::Event& later) { __builtin_prefetch(&flight_[later.payload]); });
  }

  void deliver(Flight::Id id) {
    const bool elsewhere = computers_ != nullptr;
    policy::Update& update = computed(id);
    const policy::Arrived arrived = flight_.arrived(id, now_, *server_);
    if (options_.observer != nullptr) options_.observer->arrived(arrived, update, now_);
    record(arrived.worker);
    gradients_ += arrived.steps;
    concurrency_sum_ += static_cast<double>(flight_.size());
    actions_.clear();
    server_->arrive(arrived, update, actions_);
    if (elsewhere) computers_->recycle(id);
    flight_.land(id, *server_);
    carry_out();
    monitor_.after_arrival(standing(), actions_.diverged);
  }

  void record(WorkerId worker) {
    ++recorded_;
    if (options_.log != nullptr) options_.log->add({worker, now_});
  }

  void carry_out() {
    if (actions_.stepped) {
      const std::span<const Real> model = server_->models().current();
      if (options_.observer != nullptr) options_.observer->stepped(server_->version(), model, now_);
      if (monitor_.evaluates_after(server_->version())) evaluate();
    }
    for (const WorkerId worker : actions_.cancel) cancel(worker);
    for (const policy::Start& job : actions_.start) start(job);
    for (const policy::Timer& timer : actions_.timers) timers_.set(timer);
  }

  void cancel(WorkerId worker) {
    const std::vector<Flight::Id> jobs = flight_.jobs_of(worker);
    for (const Flight::Id id : jobs) {
      if (options_.observer != nullptr)
        options_.observer->canceled(worker, flight_[id].number, now_);
      if (computers_ && !flight_[id].lost) computers_->cancel(id);
      flight_.cancel(id, /*reading=*/false, *server_);
      if (flight_[id].lost) flight_.forget(id, *server_);  // no event will come for it
    }
    timing_.cancel(worker, jobs.size());
    Flight::Worker& clock = flight_.worker(worker);
    clock.busy = clock.busy - beyond_now(clock);
    clock.free = now_;
    // Events of canceled jobs are skipped when their time comes; not so many that they crowd out
    // the others.
    if (flight_.canceled() < 64 || 2 * flight_.canceled() < queue_.size()) return;
    std::vector<Flight::Id> dropped;
    queue_.remove([&](Flight::Id id) {
      if (flight_[id].canceled) dropped.push_back(id);
      return flight_[id].canceled;
    });
    std::sort(dropped.begin(), dropped.end());
    for (const Flight::Id id : dropped) flight_.forget(id, *server_);
  }

  /// Of the time a worker was given work for, what lies in the future.
  [[nodiscard]] Time beyond_now(const Flight::Worker& clock) const {
    if (clock.free == Time::never()) return Time{0};  // a lost job's time was never counted
    return std::max(Time{0}, clock.free - std::max(now_, clock.began));
  }

  void start(const policy::Start& order) {
    const WorkerId worker = order.worker;
    const Flight::Id id = flight_.take_off(order, method_.local.steps, *server_);
    const Flight::Job& job = flight_[id];
    Flight::Worker& clock = flight_.worker(worker);
    const delay::JobSpan span = timing_.schedule({worker, job.number, job.steps, now_, clock.free});
    if (options_.observer != nullptr) {
      options_.observer->started(worker, job.number, job.version, now_);
    }
    if (span.start > clock.free) clock.began = span.start;
    clock.free = span.end;
    if (span.arrival == Time::never()) return flight_.lose(id);
    clock.busy = clock.busy + (span.end - span.start);
    queue_.push(span.arrival, id);
    if (computers_) computers_->post(id, span.arrival, flight_.job(id, *server_));
  }

  /// The job's update, from another thread or computed now.
  policy::Update& computed(Flight::Id id) {
    if (computers_) return computers_->take(id);
    if (options_.threads > 1 && measured_ < measured_max) return measure(id);
    worker_.run(flight_.job(id, *server_), update_);
    return update_;
  }

  /// Handing a job to another thread costs a few microseconds, so that is done only for jobs that
  /// cost more. The first jobs are timed to find out; this decides where jobs run, never what they
  /// give.
  policy::Update& measure(Flight::Id id) {
    const Clock::time_point began = Clock::now();
    worker_.run(flight_.job(id, *server_), update_);
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
      if (flight_[event.payload].canceled) return;
      computers_->post(event.payload, {event.ns}, flight_.job(event.payload, *server_));
    });
  }

  [[nodiscard]] Standing standing() const {
    return {server_->version(), now_, gradients_, &server_->counts()};
  }

  Result<RunResult> finish(Clock::time_point began) {
    computers_.reset();
    RunResult result;
    monitor_.finish(standing(), server_->models().current(), result);
    result.remarks = server_->remarks();
    result.concurrency_max = flight_.size_max();
    if (result.counts.arrivals > 0) {
      result.concurrency_mean = concurrency_sum_ / static_cast<double>(result.counts.arrivals);
    }
    for (const Flight::Worker& clock : flight_.workers()) {
      // What was planned beyond the end has not been computed.
      const double busy = std::max(0.0, (clock.busy - beyond_now(clock)).seconds());
      result.utilization.push_back(now_.ns > 0 ? std::min(1.0, busy / now_.seconds()) : 0);
    }
    result.wall_seconds = std::chrono::duration<double>(Clock::now() - began).count();
    if (options_.log != nullptr) {
      if (Status flushed = options_.log->flush(); !flushed) return fail(flushed.error());
    }
    return result;
  }

  void state(Archive& archive) {
    server_->state(archive);
    archive(flight_, queue_, timers_, now_, gradients_, concurrency_sum_, monitor_, log_position_,
            recorded_);
    timing_.state(archive);
    if (options_.observer != nullptr) options_.observer->state(archive);
  }

  static constexpr int measured_max = 16;
  /// Up to about this many workers everything an event touches stays in the second-level cache.
  static constexpr std::uint32_t cached_workers = 20'000;

  const problem::Problem& problem_;
  const policy::Method& method_;
  delay::Timing& timing_;
  const RunOptions& options_;
  std::unique_ptr<Pool> pool_;
  std::uint32_t workers_;
  std::unique_ptr<policy::Server> server_;
  policy::JobKeys keys_;
  policy::Worker worker_;
  policy::Update update_;
  std::unique_ptr<sim::Computers> computers_;
  Monitor monitor_;
  Checkpoint checkpoint_;
  Flight flight_;
  sim::EventQueue queue_;
  Timers timers_;
  Time now_;
  policy::Actions actions_;
  std::uint64_t gradients_ = 0;
  double concurrency_sum_ = 0;
  RunLogWriter::Position log_position_;
  std::uint64_t recorded_ = 0;  ///< events that a log has an entry for
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
