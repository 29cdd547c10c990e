#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "tailrace/core/parallel.hpp"
#include "tailrace/engine/run_state.hpp"
#include "tailrace/engine/sim/simulate.hpp"

namespace tailrace::cluster {

/// The model's side of a run on many machines: the method's server, its jobs in flight,
/// evaluations, the run log and checkpoints, in real time. It knows nothing of sessions: whoever
/// does carries its orders out.
///
/// Not thread-safe: the host calls it under its lock, but for what says otherwise.
class Training {
 public:
  using JobId = engine::Flight::Id;

  /// Carries out what the method's server wants.
  class Orders {
   public:
    virtual ~Orders() = default;
    virtual void give(JobId job) = 0;
    /// All jobs of a worker in flight are dropped; called before they are forgotten.
    virtual void cancel(WorkerId worker, const std::vector<JobId>& jobs) = 0;
    /// What a checkpoint has to hold beside the run itself.
    virtual void state(Archive& archive) = 0;
  };

  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// `clock` empty: the machine's.
  Training(const problem::Problem& problem, const policy::Method& method,
           const engine::RunOptions& options, Orders& orders, Clock clock = {});

  /// Goes on from the checkpoint, or begins; gives jobs. True if there was one to go on from.
  ///
  /// Errors  of the checkpoint and the run log.
  [[nodiscard]] Result<bool> begin();

  /// Time of the run, now.
  [[nodiscard]] Time clock() const;
  [[nodiscard]] std::chrono::steady_clock::time_point moment(Time time) const {
    return began_ + std::chrono::nanoseconds(time.ns);
  }

  /// How the values of an update came to be; see policy::Arrived.
  struct Sent {
    bool by_worker = false;
    bool fresh = false;
  };
  /// An update is about to arrive: rings the timers that come before it. The job may not be wanted
  /// any more after that, and the run may be over.
  void prepare_arrival();
  /// The update arrives; uses it up. To be called behind prepare_arrival().
  void arrive(JobId job, policy::Update& update, const Sent& sent);

  /// Interrupts and what the clock calls for but evaluations and checkpoints.
  void keep_house();
  /// When the clock alone calls for something.
  [[nodiscard]] Time next_moment() const {
    return std::min(run_.monitor.next_moment(), run_.timers.next());
  }

  /// A model that is to be evaluated; nothing if none is due.
  struct Evaluation {
    engine::Standing standing;
    policy::ServerCounts counts;
    std::vector<Real> model;
  };
  [[nodiscard]] bool planned() const { return planned_ != nullptr; }
  [[nodiscard]] std::unique_ptr<Evaluation> take_evaluation();
  /// Takes long; needs no lock.
  [[nodiscard]] problem::Evaluation figures(const Evaluation& evaluation) const {
    return problem_.evaluate(evaluation.model, nullptr);
  }
  void record(Evaluation& evaluation, const problem::Evaluation& figures);

  /// Newer checkpoints that begin() could not use, and why.
  [[nodiscard]] const Errors& passed_over() const { return checkpoint_.passed_over(); }
  [[nodiscard]] bool checkpoint_due() const { return checkpoint_.due(); }
  [[nodiscard]] bool has_checkpoints() const { return !options_.checkpoint.path.empty(); }
  /// Whether the run's end leaves a checkpoint, from which it goes on.
  [[nodiscard]] bool saves_at_end() const;
  /// What a checkpoint holds, with everything in the run log that it counts on.
  [[nodiscard]] Result<engine::Checkpoint::Snapshot> snapshot();
  /// Takes long; needs no lock.
  [[nodiscard]] Status write(engine::Checkpoint::Snapshot snapshot) {
    return checkpoint_.write(std::move(snapshot));
  }

  /// Ends the run with an error.
  void fail_run(Errors errors);
  void end(engine::Ending ending) { run_.monitor.end(ending); }
  [[nodiscard]] bool over() const {
    return run_.monitor.ending().has_value() || error_.has_value();
  }
  [[nodiscard]] std::optional<engine::Ending> ending() const { return run_.monitor.ending(); }
  /// What came of it; evaluates the final model.
  [[nodiscard]] Result<engine::RunResult> finish();

  [[nodiscard]] const engine::Flight& flight() const { return run_.flight; }
  [[nodiscard]] engine::Flight::Worker& worker(WorkerId worker) {
    return run_.flight.worker(worker);
  }
  [[nodiscard]] policy::Server& server() { return *run_.server; }
  [[nodiscard]] const policy::Server& server() const { return *run_.server; }
  [[nodiscard]] std::uint64_t gradients() const { return run_.gradients; }
  [[nodiscard]] Time now() const { return run_.now; }
  [[nodiscard]] double loss() const;
  /// Whether `send` was applied by the worker itself, last.
  [[nodiscard]] bool sent_by_worker(WorkerId worker) const { return run_.away[worker] != 0; }
  [[nodiscard]] std::uint64_t seed() const { return options_.seed; }
  [[nodiscard]] Pool* pool() const { return pool_.get(); }

 private:
  /// Rings the timers up to a moment.
  void ring(Time until);
  void end_if_at_end();
  void carry_out();
  void plan_evaluation();
  void cancel(WorkerId worker);
  void give(JobId job);
  void record(const engine::LogEntry& entry);
  void remember(const Status& status);
  void state(Archive& archive);

  const problem::Problem& problem_;
  const policy::Method& method_;
  const engine::RunOptions options_;
  Orders& orders_;
  const Clock clock_;
  std::unique_ptr<Pool> pool_;  ///< shares the server's sweeps over large models among cores
  engine::RunState run_;
  engine::Checkpoint checkpoint_;
  policy::Actions actions_;
  std::chrono::steady_clock::time_point began_;
  Time arrival_;  ///< of the update that is about to arrive
  std::unique_ptr<Evaluation> planned_;
  bool evaluating_ = false;
  std::optional<Errors> error_;
};

}  // namespace tailrace::cluster
