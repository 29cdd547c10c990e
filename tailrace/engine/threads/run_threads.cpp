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
#include "tailrace/engine/make_server.hpp"
#include "tailrace/engine/monitor.hpp"
#include "tailrace/engine/timers.hpp"
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
        workers_(static_cast<std::uint32_t>(problem.workers())),
        keys_(options.seed),
        monitor_(problem, options.stop, options.evaluate, options.progress, options.observer,
                 nullptr),
        checkpoint_(options.checkpoint),
        flight_(workers_),
        queue_(workers_),
        last_due_(workers_) {
    server_ = make_server(problem, method, options.seed, pool_.get());
  }

  Result<RunResult> run() {
    const Result<bool> resumed = checkpoint_.restore([this](Archive& archive) { state(archive); });
    if (!resumed) return fail(resumed.error());
    if (options_.log != nullptr) {
      const Status rewound = options_.log->rewind(log_position_);
      if (!rewound) return fail(rewound.error());
    }
    began_ = Clock::now() - std::chrono::nanoseconds(now_.ns);
    if (*resumed) {
      resume();
    } else {
      monitor_.evaluate(standing(), server_->models().current());
      server_->begin(actions_);
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
      if (timers_.next() <= clock()) {
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
    return monitor_.ending().has_value() || error_.has_value() || thrown_ != nullptr;
  }

  [[nodiscard]] Time clock() const {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began_).count()};
  }

  /// Interrupts, checkpoints, evaluations by the clock, and the end of a run that has nothing left
  /// to do.
  void housekeeping(std::unique_lock<std::mutex>& lock) {
    if (options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_relaxed)) {
      monitor_.end(Ending::interrupted);
      return remember(save());
    }
    if (flight_.size() == flight_.lost() && timers_.empty()) return monitor_.end(Ending::idle);
    if (const Time now = clock(); monitor_.next_moment() <= now) {
      now_ = std::max(now_, now);
      const bool due = monitor_.evaluation_due(now);
      monitor_.pass(now);
      if (due) evaluate(lock);
    }
    if (options_.log != nullptr && options_.log->failed()) remember(options_.log->flush());
    if (checkpoint_.due()) remember(save());
    monitor_.report(standing());
  }

  void remember(const Status& status) {
    if (!status && !error_) error_ = status.error();
  }

  Status save() {
    if (options_.log != nullptr) {
      if (Status synced = options_.log->sync(); !synced) return synced;
      log_position_ = options_.log->position();
    }
    return checkpoint_.save([this](Archive& archive) { state(archive); });
  }

  /// Computes the figures of the current version outside the lock. While one evaluation runs,
  /// others that fall due are skipped: they would only slow the workers.
  void evaluate(std::unique_lock<std::mutex>& lock) {
    if (evaluating_ || over()) return;
    evaluating_ = true;
    const policy::ServerCounts counts = server_->counts();
    Standing at = standing();
    at.counts = &counts;
    const std::span<const Real> model = server_->models().current();
    // A copy rather than a pinned version, so that a checkpoint meanwhile holds no trace of it.
    snapshot_.assign(model.begin(), model.end());
    lock.unlock();
    const problem::Evaluation figures = problem_.evaluate(snapshot_, nullptr);
    lock.lock();
    evaluating_ = false;
    if (!over()) monitor_.record(at, figures);
  }

  /// Queues a job behind its worker's others.
  void give_out(Flight::Id id) {
    const Flight::Job& job = flight_[id];
    const Time now = clock();
    Time due = now;
    if (timing_ != nullptr) {
      Time& free = flight_.worker(job.worker).free;
      const delay::JobSpan span = timing_->schedule({job.worker, job.number, job.steps, now, free});
      free = span.end;
      due = span.arrival;
    }
    if (options_.observer != nullptr) {
      options_.observer->started(job.worker, job.number, job.version, now);
    }
    if (due == Time::never()) return flight_.lose(id);
    queue_[job.worker].push_back({id, due});
    if (queue_[job.worker].size() == 1) make_ready(job.worker);
  }

  /// Drops the worker's jobs. One that a thread computes at this moment is dropped when it is done.
  void cancel(WorkerId worker) {
    const std::vector<Flight::Id> jobs = flight_.jobs_of(worker);
    std::deque<Queued>& queue = queue_[worker];
    const auto ready = std::find(ready_.begin(), ready_.end(), worker);
    const bool running = !queue.empty() && ready == ready_.end();
    if (ready != ready_.end()) ready_.erase(ready);
    queue.resize(running ? 1 : 0);
    const Flight::Id begun = running ? queue.front().id : Flight::Id{0};
    std::erase_if(deliveries_, [&](Delivery& delivery) {
      if (flight_[delivery.id].worker != worker) return false;
      spares_.push_back(std::move(delivery.update));
      return true;
    });
    std::make_heap(deliveries_.begin(), deliveries_.end());
    for (const Flight::Id id : jobs) {
      if (options_.observer != nullptr) {
        options_.observer->canceled(worker, flight_[id].number, now_);
      }
      const bool reading = running && id == begun;
      flight_.cancel(id, reading, *server_);
      if (!reading) flight_.forget(id, *server_);
    }
    if (timing_ != nullptr) timing_->cancel(worker, jobs.size());
    flight_.worker(worker).free = now_;
    last_due_[worker] = now_;
  }

  void make_ready(WorkerId worker) {
    ready_.push_back(worker);
    wake_.notify_one();
  }

  void compute_one(policy::Worker& worker, std::unique_lock<std::mutex>& lock) {
    const WorkerId id = ready_.front();
    ready_.pop_front();
    const Queued queued = queue_[id].front();
    const policy::Job job = flight_.job(queued.id, *server_);
    std::unique_ptr<policy::Update> update = spare();
    lock.unlock();
    const Clock::time_point began = Clock::now();
    worker.run(job, *update);
    const auto took = Clock::now() - began;
    lock.lock();
    if (thrown_) return;  // nothing that is kept here can be relied upon
    flight_.worker(id).busy.ns +=
        std::chrono::duration_cast<std::chrono::nanoseconds>(took).count();
    queue_[id].pop_front();
    if (!queue_[id].empty()) make_ready(id);
    if (flight_[queued.id].canceled) {
      flight_.forget(queued.id, *server_);
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
    const policy::Timer timer = timers_.take();
    now_ = std::max(now_, timer.at);
    actions_.clear();
    server_->timer(timer.name, timer.at, actions_);
    if (actions_.stepped && options_.log != nullptr) {
      options_.log->add({LogEntry::timer, now_});
    }
    carry_out(lock);
  }

  void deliver_first(std::unique_lock<std::mutex>& lock) {
    // Strictly increasing, so that the log's times alone tell the order.
    const Time now = std::max(clock(), now_ + Time{1});
    if (timers_.next() <= now) return ring(lock);
    now_ = now;
    std::pop_heap(deliveries_.begin(), deliveries_.end());
    Delivery delivery = std::move(deliveries_.back());
    deliveries_.pop_back();
    const policy::Arrived arrived = flight_.arrived(delivery.id, now_, *server_);
    if (options_.observer != nullptr) options_.observer->arrived(arrived, *delivery.update, now_);
    if (options_.log != nullptr) options_.log->add({arrived.worker, now_});
    gradients_ += arrived.steps;
    concurrency_sum_ += static_cast<double>(flight_.size());
    actions_.clear();
    server_->arrive(arrived, *delivery.update, actions_);
    flight_.land(delivery.id, *server_);
    spares_.push_back(std::move(delivery.update));
    carry_out(lock);
  }

  void carry_out(std::unique_lock<std::mutex>& lock) {
    const bool stepped = actions_.stepped;
    carry_out_orders();
    monitor_.after_arrival(standing(), actions_.diverged);
    if (!stepped) return;
    if (options_.observer != nullptr) {
      options_.observer->stepped(server_->version(), server_->models().current(), now_);
    }
    if (monitor_.evaluates_after(server_->version()) && !over()) {
      evaluate(lock);
    }
  }

  void carry_out_orders() {
    for (const WorkerId worker : actions_.cancel) cancel(worker);
    for (const policy::Start& start : actions_.start) {
      give_out(flight_.take_off(start, method_.local.steps, *server_));
    }
    for (const policy::Timer& timer : actions_.timers) timers_.set(timer);
  }

  void wait(std::unique_lock<std::mutex>& lock) {
    Time until = std::min(monitor_.next_moment(), clock() + Time::from_seconds(0.05));
    until = std::min(until, timers_.next());
    if (!deliveries_.empty()) until = std::min(until, deliveries_.front().due);
    wake_.wait_until(lock, began_ + std::chrono::nanoseconds(until.ns));
  }

  [[nodiscard]] Standing standing() const {
    return {server_->version(), now_, gradients_, &server_->counts()};
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
    if (options_.observer != nullptr) options_.observer->restored(monitor_.samples());
    flight_.begin_again(*server_);
    for (const Flight::Id id : flight_.open()) give_out(id);
  }

  Result<RunResult> finish() {
    if (error_) return fail(*error_);
    RunResult result;
    monitor_.finish(standing(), server_->models().current(), result);
    result.remarks = server_->remarks();
    result.concurrency_max = flight_.size_max();
    if (result.counts.arrivals > 0) {
      result.concurrency_mean = concurrency_sum_ / static_cast<double>(result.counts.arrivals);
    }
    for (const Flight::Worker& worker : flight_.workers()) {
      const double busy = worker.busy.seconds();
      result.utilization.push_back(now_.ns > 0 ? std::min(1.0, busy / now_.seconds()) : 0);
    }
    result.wall_seconds = clock().seconds();
    if (options_.log != nullptr) {
      if (Status flushed = options_.log->flush(); !flushed) return fail(flushed.error());
    }
    return result;
  }

  void state(Archive& archive) {
    server_->state(archive);
    archive(flight_, timers_, now_, gradients_, concurrency_sum_, monitor_, log_position_);
    if (options_.observer != nullptr) options_.observer->state(archive);
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
  std::uint32_t workers_;
  policy::JobKeys keys_;

  std::mutex mutex_;  ///< guards everything below
  std::condition_variable wake_;
  std::unique_ptr<policy::Server> server_;
  Monitor monitor_;
  Checkpoint checkpoint_;
  Flight flight_;
  Timers timers_;
  std::vector<std::deque<Queued>> queue_;  ///< each worker's jobs; the first is ready or running
  std::deque<WorkerId> ready_;             ///< workers whose first job nobody has begun
  std::vector<Delivery> deliveries_;       ///< a heap by due time
  std::vector<Time> last_due_;             ///< of each worker's deliveries
  std::vector<std::unique_ptr<policy::Update>> spares_;
  policy::Actions actions_;
  Clock::time_point began_;
  Time now_;
  std::uint64_t gradients_ = 0;
  double concurrency_sum_ = 0;
  RunLogWriter::Position log_position_;
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
