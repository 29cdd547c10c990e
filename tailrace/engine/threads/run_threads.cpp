#include "tailrace/engine/threads/run_threads.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <tuple>

#include "tailrace/core/parallel.hpp"
#include "tailrace/engine/flight.hpp"
#include "tailrace/engine/run_state.hpp"
#include "tailrace/policy/worker.hpp"

namespace tailrace::engine {
namespace {

using Clock = std::chrono::steady_clock;

/// A finished job that waits for the moment of its arrival.
struct Delivery {
  Time due;
  Flight::Id id = 0;
  std::unique_ptr<policy::Update> update;
  bool operator<(const Delivery& other) const {  // std::push_heap keeps the largest on top
    return std::tie(due, id) > std::tie(other.due, other.id);
  }
};

class ThreadedRun {
 public:
  ThreadedRun(const problem::Problem& problem, const policy::Method& method, delay::Timing* timing,
              const RunOptions& options)
      : problem_(problem),
        method_(method),
        timing_(timing),
        options_(options),
        pool_(options.threads > 1 ? std::make_unique<Pool>(options.threads) : nullptr),
        keys_(options.seed),
        run_(problem, method, options, pool_.get()),
        checkpoint_(options.checkpoint),
        queue_(problem.workers()),
        last_due_(problem.workers()) {}

  Result<RunResult> run() {
    const Result<bool> resumed = checkpoint_.restore([this](Archive& archive) { state(archive); });
    if (!resumed) return fail(resumed.error());
    if (options_.log != nullptr) {
      const Status rewound = options_.log->rewind(run_.log_position);
      if (!rewound) return fail(rewound.error());
    }
    began_ = Clock::now() - std::chrono::nanoseconds(run_.now.ns);
    if (*resumed) {
      resume();
    } else {
      run_.monitor.evaluate(run_.standing(), run_.server->models().current());
      run_.server->begin(actions_);
      carry_out_orders();
    }
    const std::size_t others = std::max<std::size_t>(1, options_.threads) - 1;
    std::vector<std::thread> threads = start_threads(others, [this] { compute(); });
    compute();
    for (std::thread& thread : threads) thread.join();
    if (thrown_) std::rethrow_exception(thrown_);
    return finish();
  }

 private:
  /// What every thread does until the run ends.
  void compute() {
    std::unique_lock lock(mutex_, std::defer_lock);
    try {
      policy::Worker worker(problem_, method_.local, keys_);
      lock.lock();
      work(worker, lock);
    } catch (...) {
      // What was thrown under the lock may have left things half done: the run is over before
      // anybody else sees them. A run that was over needs nothing that was computed outside it.
      const bool computing = !lock.owns_lock();
      if (computing) lock.lock();
      if (!thrown_ && !(computing && over())) thrown_ = std::current_exception();
    }
    wake_.notify_all();
  }

  /// Delivers what is due, else computes what is ready, else waits.
  void work(policy::Worker& worker, std::unique_lock<std::mutex>& lock) {
    while (!over()) {
      housekeeping(lock);
      if (over()) break;
      if (run_.timers.next() <= clock()) {
        ring(lock);
      } else if (!deliveries_.empty() && deliveries_.front().due <= clock()) {
        deliver_first(lock);
      } else if (!ready_.empty()) {
        compute_one(worker, lock);
      } else {
        wait(lock);
      }
    }
  }

  [[nodiscard]] bool over() const {
    return run_.monitor.ending().has_value() || error_.has_value() || thrown_ != nullptr;
  }

  [[nodiscard]] Time clock() const {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began_).count()};
  }

  /// Interrupts, checkpoints, evaluations by the clock, and the end of a run that has nothing left
  /// to do.
  void housekeeping(std::unique_lock<std::mutex>& lock) {
    if (options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_relaxed)) {
      run_.monitor.end(Ending::interrupted);
      return remember(save());
    }
    if (run_.flight.size() == run_.flight.lost() && run_.timers.empty())
      return run_.monitor.end(Ending::idle);
    if (const Time now = clock(); run_.monitor.next_moment() <= now) {
      run_.now = std::max(run_.now, now);
      const bool due = run_.monitor.evaluation_due(now);
      run_.monitor.pass(now);
      if (due) evaluate(lock);
    }
    if (options_.log != nullptr && options_.log->failed()) remember(options_.log->flush());
    if (checkpoint_.due()) remember(save());
    run_.monitor.report(run_.standing());
  }

  void remember(const Status& status) {
    if (!status && !error_) error_ = status.error();
  }

  Status save() {
    if (options_.log != nullptr) {
      if (Status synced = options_.log->sync(); !synced) return synced;
      run_.log_position = options_.log->position();
    }
    return checkpoint_.save([this](Archive& archive) { state(archive); });
  }

  /// Computes the figures of the current version outside the lock. While one evaluation runs,
  /// others that fall due are skipped: they would only slow the workers.
  void evaluate(std::unique_lock<std::mutex>& lock) {
    if (evaluating_ || over()) return;
    evaluating_ = true;
    const policy::ServerCounts counts = run_.server->counts();
    Standing at = run_.standing();
    at.counts = &counts;
    const std::span<const Real> model = run_.server->models().current();
    // A copy rather than a pinned version, so that a checkpoint meanwhile holds no trace of it.
    snapshot_.assign(model.begin(), model.end());
    lock.unlock();
    const problem::Evaluation figures = problem_.evaluate(snapshot_, nullptr);
    lock.lock();
    evaluating_ = false;
    if (!over()) run_.monitor.record(at, figures);
  }

  /// Queues a job behind its worker's others.
  void give_out(Flight::Id id) {
    const Flight::Job& job = run_.flight[id];
    const Time now = clock();
    Time due = now;
    if (timing_ != nullptr) {
      Time& free = run_.flight.worker(job.worker).free;
      const delay::JobSpan span = timing_->schedule({job.worker, job.number, job.steps, now, free});
      free = span.end;
      due = span.arrival;
    }
    if (options_.observer != nullptr) {
      options_.observer->started(job.worker, job.number, job.version, now);
    }
    if (due == Time::never()) return run_.flight.lose(id);
    queue_[job.worker].push_back({id, due});
    if (queue_[job.worker].size() == 1) make_ready(job.worker);
  }

  /// Drops the worker's jobs. One that a thread computes at this moment is dropped when it is done.
  void cancel(WorkerId worker) {
    const std::vector<Flight::Id> jobs = run_.flight.jobs_of(worker);
    std::deque<Queued>& queue = queue_[worker];
    const auto ready = std::find(ready_.begin(), ready_.end(), worker);
    const bool running = !queue.empty() && ready == ready_.end();
    if (ready != ready_.end()) ready_.erase(ready);
    queue.resize(running ? 1 : 0);
    const Flight::Id begun = running ? queue.front().id : Flight::Id{0};
    std::erase_if(deliveries_, [&](Delivery& delivery) {
      if (run_.flight[delivery.id].worker != worker) return false;
      spares_.push_back(std::move(delivery.update));
      return true;
    });
    std::make_heap(deliveries_.begin(), deliveries_.end());
    for (const Flight::Id id : jobs) {
      if (options_.observer != nullptr) {
        options_.observer->canceled(worker, run_.flight[id].number, run_.now);
      }
      const bool reading = running && id == begun;
      run_.flight.cancel(id, reading, *run_.server);
      if (!reading) run_.flight.forget(id, *run_.server);
    }
    if (timing_ != nullptr) timing_->cancel(worker, jobs.size());
    run_.flight.worker(worker).free = run_.now;
    last_due_[worker] = run_.now;
  }

  void make_ready(WorkerId worker) {
    ready_.push_back(worker);
    wake_.notify_one();
  }

  void compute_one(policy::Worker& worker, std::unique_lock<std::mutex>& lock) {
    const WorkerId id = ready_.front();
    ready_.pop_front();
    const Queued queued = queue_[id].front();
    const policy::Job job = run_.flight.job(queued.id, *run_.server);
    std::unique_ptr<policy::Update> update = spare();
    lock.unlock();
    const Clock::time_point began = Clock::now();
    worker.run(job, *update);
    const auto took = Clock::now() - began;
    lock.lock();
    if (thrown_) return;  // nothing that is kept here can be relied upon
    run_.flight.worker(id).busy.ns +=
        std::chrono::duration_cast<std::chrono::nanoseconds>(took).count();
    queue_[id].pop_front();
    if (!queue_[id].empty()) make_ready(id);
    if (run_.flight[queued.id].canceled) {
      run_.flight.forget(queued.id, *run_.server);
      spares_.push_back(std::move(update));
      return;
    }
    // A worker's jobs arrive in the order in which they were given, also when two are due at once.
    last_due_[id] = std::max(queued.due, last_due_[id] + Time{1});
    deliveries_.push_back({last_due_[id], queued.id, std::move(update)});
    std::push_heap(deliveries_.begin(), deliveries_.end());
  }

  /// A timer rings at its own moment, so that a replay needs no entry in the log.
  void ring(std::unique_lock<std::mutex>& lock) {
    const policy::Timer timer = run_.timers.take();
    run_.now = std::max(run_.now, timer.at);
    actions_.clear();
    run_.server->timer(timer.name, timer.at, actions_);
    if (actions_.stepped) record({LogEntry::timer, run_.now});
    carry_out(lock);
  }

  void deliver_first(std::unique_lock<std::mutex>& lock) {
    // Strictly increasing, so that the log's times alone tell the order.
    const Time now = std::max(clock(), run_.now + Time{1});
    if (run_.timers.next() <= now) return ring(lock);
    run_.now = now;
    std::pop_heap(deliveries_.begin(), deliveries_.end());
    Delivery delivery = std::move(deliveries_.back());
    deliveries_.pop_back();
    policy::Arrived arrived = run_.flight.arrived(delivery.id, run_.now, *run_.server);
    arrived.fresh = run_.send_is_fresh(arrived.worker, /*sent=*/false, /*fresh=*/false);
    if (options_.observer != nullptr)
      options_.observer->arrived(arrived, *delivery.update, run_.now);
    record({arrived.worker, run_.now, arrived.fresh});
    run_.gradients += arrived.steps;
    run_.concurrency_sum += static_cast<double>(run_.flight.size());
    actions_.clear();
    run_.server->arrive(arrived, *delivery.update, actions_);
    run_.flight.land(delivery.id, *run_.server);
    spares_.push_back(std::move(delivery.update));
    carry_out(lock);
  }

  void record(const LogEntry& entry) {
    ++run_.recorded;
    if (options_.log != nullptr) options_.log->add(entry);
  }

  void carry_out(std::unique_lock<std::mutex>& lock) {
    const bool stepped = actions_.stepped;
    carry_out_orders();
    run_.monitor.after_arrival(run_.standing(), actions_.diverged);
    if (!stepped) return;
    if (options_.observer != nullptr) {
      options_.observer->stepped(run_.server->version(), run_.server->models().current(), run_.now);
    }
    if (run_.monitor.evaluates_after(run_.server->version()) && !over()) {
      evaluate(lock);
    }
  }

  void carry_out_orders() {
    for (const WorkerId worker : actions_.cancel) cancel(worker);
    for (const policy::Start& start : actions_.start) {
      give_out(run_.flight.take_off(start, method_.local.steps, *run_.server));
    }
    for (const policy::Timer& timer : actions_.timers) run_.timers.set(timer);
  }

  void wait(std::unique_lock<std::mutex>& lock) {
    Time until = std::min(run_.monitor.next_moment(), clock() + Time::from_seconds(0.05));
    until = std::min(until, run_.timers.next());
    if (!deliveries_.empty()) until = std::min(until, deliveries_.front().due);
    wake_.wait_until(lock, began_ + std::chrono::nanoseconds(until.ns));
  }

  std::unique_ptr<policy::Update> spare() {
    if (spares_.empty()) return std::make_unique<policy::Update>();
    std::unique_ptr<policy::Update> update = std::move(spares_.back());
    spares_.pop_back();
    return update;
  }

  /// Jobs that were in flight when the checkpoint was written are computed anew, worker by worker
  /// in their order.
  void resume() {
    if (options_.observer != nullptr) options_.observer->restored(run_.monitor.samples());
    for (const Flight::Id id : run_.begin_again()) give_out(id);
  }

  Result<RunResult> finish() {
    if (error_) return fail(*error_);
    RunResult result = run_.result(checkpoint_);
    result.utilization = run_.real_utilization();
    result.wall_seconds = clock().seconds();
    if (options_.log != nullptr) {
      if (Status flushed = options_.log->flush(); !flushed) return fail(flushed.error());
    }
    return result;
  }

  void state(Archive& archive) {
    archive(run_);
    run_.engine_state(archive, "threads", [](Archive& /*nothing*/) {});
  }

  struct Queued {
    Flight::Id id = 0;
    Time due;
  };

  const problem::Problem& problem_;
  const policy::Method& method_;
  delay::Timing* timing_;
  const RunOptions& options_;
  std::unique_ptr<Pool> pool_;  ///< shares the server's sweeps over large models among cores
  policy::JobKeys keys_;

  std::mutex mutex_;  ///< guards everything below
  std::condition_variable wake_;
  RunState run_;
  Checkpoint checkpoint_;
  std::vector<std::deque<Queued>> queue_;  ///< each worker's jobs; the first is ready or running
  std::deque<WorkerId> ready_;             ///< workers whose first job nobody has begun
  std::vector<Delivery> deliveries_;       ///< a heap by due time
  std::vector<Time> last_due_;             ///< of each worker's deliveries
  std::vector<std::unique_ptr<policy::Update>> spares_;
  policy::Actions actions_;
  Clock::time_point began_;
  bool evaluating_ = false;
  std::vector<Real> snapshot_;  ///< what the evaluation that runs looks at
  std::optional<Errors> error_;
  std::exception_ptr thrown_;  ///< what a thread threw first
};

}  // namespace

Result<RunResult> run_threads(const problem::Problem& problem, const policy::Method& method,
                              delay::Timing* timing, const RunOptions& options) {
  return ThreadedRun(problem, method, timing, options).run();
}

}  // namespace tailrace::engine
