#include "tailrace/engine/threads/run_threads.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <tuple>

#include "tailrace/engine/flight.hpp"
#include "tailrace/engine/monitor.hpp"
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
    std::vector<Real> start(problem.dimension());
    problem.start(options.seed, start);
    server_ = policy::make_server(
        method, {.start = start, .workers = workers_, .seed = options.seed, .pool = pool_.get()});
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
      for (const WorkerId worker : actions_.start) {
        give_out(flight_.take_off(worker, server_->models()));
      }
    }
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < std::max<std::size_t>(1, options_.threads); ++i) {
      threads.emplace_back([this] { compute(); });
    }
    compute();
    for (std::thread& thread : threads) thread.join();
    return finish();
  }

 private:
  /// What every thread does until the run ends: deliver what is due, else compute what is ready,
  /// else wait.
  void compute() {
    policy::Worker worker(problem_, method_.local, keys_);
    std::unique_lock lock(mutex_);
    while (!over()) {
      housekeeping(lock);
      if (over()) break;
      if (!deliveries_.empty() && deliveries_.front().due <= clock()) {
        deliver_first(lock);
      } else if (!ready_.empty()) {
        compute_one(worker, lock);
      } else {
        wait(lock);
      }
    }
    wake_.notify_all();
  }

  [[nodiscard]] bool over() const { return monitor_.ending().has_value() || error_.has_value(); }

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
    if (flight_.size() == lost_) return monitor_.end(Ending::idle);
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
      const delay::JobSpan span =
          timing_->schedule({job.worker, job.number, method_.local.steps, now, free});
      free = span.end;
      due = span.arrival;
    }
    if (options_.observer != nullptr) {
      options_.observer->started(job.worker, job.number, job.version, now);
    }
    if (due == Time::never()) {
      ++lost_;
      return;
    }
    queue_[job.worker].push_back({id, due});
    if (queue_[job.worker].size() == 1) make_ready(job.worker);
  }

  void make_ready(WorkerId worker) {
    ready_.push_back(worker);
    wake_.notify_one();
  }

  void compute_one(policy::Worker& worker, std::unique_lock<std::mutex>& lock) {
    const WorkerId id = ready_.front();
    ready_.pop_front();
    const Queued queued = queue_[id].front();
    const policy::Job job = flight_.job(queued.id, server_->models());
    std::unique_ptr<policy::Update> update = spare();
    lock.unlock();
    const Clock::time_point began = Clock::now();
    worker.run(job, *update);
    const auto took = Clock::now() - began;
    lock.lock();
    flight_.worker(id).busy.ns +=
        std::chrono::duration_cast<std::chrono::nanoseconds>(took).count();
    queue_[id].pop_front();
    if (!queue_[id].empty()) make_ready(id);
    // A worker's jobs arrive in the order in which they were given, also when two are due at once.
    last_due_[id] = std::max(queued.due, last_due_[id] + Time{1});
    deliveries_.push_back({last_due_[id], queued.id, std::move(update)});
    std::push_heap(deliveries_.begin(), deliveries_.end());
  }

  void deliver_first(std::unique_lock<std::mutex>& lock) {
    std::pop_heap(deliveries_.begin(), deliveries_.end());
    Delivery delivery = std::move(deliveries_.back());
    deliveries_.pop_back();
    // Strictly increasing, so that the log's times alone tell the order.
    now_ = std::max(clock(), now_ + Time{1});
    const policy::Arrived arrived = flight_.arrived(delivery.id, server_->models());
    if (options_.observer != nullptr) options_.observer->arrived(arrived, *delivery.update, now_);
    if (options_.log != nullptr) options_.log->add({arrived.worker, now_});
    gradients_ += method_.local.steps;
    concurrency_sum_ += static_cast<double>(flight_.size());
    actions_.clear();
    server_->arrive(arrived, *delivery.update, actions_);
    flight_.land(delivery.id, server_->models());
    spares_.push_back(std::move(delivery.update));
    carry_out(lock);
  }

  void carry_out(std::unique_lock<std::mutex>& lock) {
    const bool stepped = actions_.stepped;
    for (const WorkerId worker : actions_.start) {
      give_out(flight_.take_off(worker, server_->models()));
    }
    monitor_.after_arrival(standing(), actions_.diverged);
    if (!stepped) return;
    if (options_.observer != nullptr) {
      options_.observer->stepped(server_->version(), server_->models().current(), now_);
    }
    if (monitor_.evaluates_after(server_->version()) && !over()) {
      evaluate(lock);
    }
  }

  void wait(std::unique_lock<std::mutex>& lock) {
    Time until = std::min(monitor_.next_moment(), clock() + Time::from_seconds(0.05));
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
    std::vector<Flight::Id> open = flight_.open();
    std::sort(open.begin(), open.end(), [this](Flight::Id a, Flight::Id b) {
      return std::tie(flight_[a].worker, flight_[a].number) <
             std::tie(flight_[b].worker, flight_[b].number);
    });
    if (options_.observer != nullptr) options_.observer->restored(monitor_.samples());
    for (const Flight::Id id : open) give_out(id);
  }

  Result<RunResult> finish() {
    if (error_) return fail(*error_);
    RunResult result;
    monitor_.finish(standing(), server_->models().current(), result);
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
    archive(flight_, now_, gradients_, concurrency_sum_, monitor_, log_position_);
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
  std::vector<std::deque<Queued>> queue_;  ///< each worker's jobs; the first is ready or running
  std::deque<WorkerId> ready_;             ///< workers whose first job nobody has begun
  std::vector<Delivery> deliveries_;       ///< a heap by due time
  std::vector<Time> last_due_;             ///< of each worker's deliveries
  std::vector<std::unique_ptr<policy::Update>> spares_;
  policy::Actions actions_;
  Clock::time_point began_;
  Time now_;
  std::uint64_t gradients_ = 0;
  std::uint64_t lost_ = 0;  ///< jobs in flight whose updates will never arrive
  double concurrency_sum_ = 0;
  RunLogWriter::Position log_position_;
  bool evaluating_ = false;
  std::vector<Real> snapshot_;  ///< what the evaluation that runs looks at
  std::optional<Errors> error_;
};

}  // namespace

Result<RunResult> run_threads(const problem::Problem& problem, const policy::Method& method,
                              delay::Timing* timing, const RunOptions& options) {
  return ThreadedRun(problem, method, timing, options).run();
}

}  // namespace tailrace::engine
