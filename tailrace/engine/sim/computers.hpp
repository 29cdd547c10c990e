#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <tuple>
#include <vector>

#include "tailrace/core/time.hpp"
#include "tailrace/engine/flight.hpp"
#include "tailrace/policy/worker.hpp"

namespace tailrace::engine::sim {

/// Computes jobs in flight on several threads, the earliest arrival first.
///
/// A job's input is fixed when it is given out, so it may run at any time before its arrival; who
/// runs it when changes no bit. The engine's own thread computes a job itself if nobody has begun
/// it when it arrives, so one thread alone makes progress too. What computing a job throws waits
/// for who takes the job, and is forgotten if nobody does: who computes it makes no difference here
/// either.
class Computers {
 public:
  /// `threads` in all, the engine's included; fewer if the system gives no more.
  Computers(const problem::Problem& problem, const policy::Local& local,
            const policy::JobKeys& keys, std::size_t threads);
  ~Computers();
  Computers(const Computers&) = delete;
  Computers& operator=(const Computers&) = delete;

  /// The job may be computed from now on; its starting point stays alive until recycle().
  void post(Flight::Id id, Time arrival, const policy::Job& job);
  /// Waits for the job's update, computing it here if need be. Throws what computing it threw, on
  /// whichever thread; then there is nothing to recycle.
  policy::Update& take(Flight::Id id);
  /// Nobody will take the job: waits if it is being computed.
  void cancel(Flight::Id id);
  /// The update that take() gave has been used.
  void recycle(Flight::Id id);

  /// While it lives, the other threads rest: they have finished what they computed and begin
  /// nothing, so that who shares work among all cores, each with memory of its own, has them.
  class Rest {
   public:
    explicit Rest(Computers& computers);
    ~Rest();
    Rest(const Rest&) = delete;
    Rest& operator=(const Rest&) = delete;

   private:
    Computers& computers_;
  };

 private:
  enum class Phase : std::uint8_t { none, waiting, running, done };
  struct Slot {
    Phase phase = Phase::none;
    std::uint64_t ticket = 0;  ///< tells a job from an earlier one of the same id
    policy::Job job;
    std::unique_ptr<policy::Update> update;
    std::exception_ptr thrown;  ///< what computing it threw, in place of an update
  };
  struct Waiting {
    Time arrival;
    std::uint64_t ticket;
    Flight::Id id;
    bool operator<(const Waiting& other) const {  // std::push_heap keeps the largest on top
      return std::tie(arrival, ticket) > std::tie(other.arrival, other.ticket);
    }
  };

  /// The next job nobody has begun, or false; called with the lock held.
  bool next(Flight::Id& id);
  void compute(policy::Worker& worker, Flight::Id id, std::unique_lock<std::mutex>& lock);
  void work();
  void recycle(Slot& slot);
  [[nodiscard]] std::unique_ptr<policy::Update> spare();

  std::mutex mutex_;
  std::condition_variable posted_;
  std::condition_variable finished_;
  std::deque<Slot> slots_;  ///< a deque, because a running job's slot must not move
  std::vector<Waiting> waiting_;
  std::vector<std::unique_ptr<policy::Update>> spares_;
  std::uint64_t tickets_ = 0;
  std::size_t ahead_ = 0;    ///< jobs begun or done that the engine has not taken
  std::size_t ahead_max_;    ///< bounds the memory for results
  std::size_t running_ = 0;  ///< jobs that are being computed
  bool resting_ = false;
  bool stop_ = false;
  policy::Worker own_;
  std::vector<std::unique_ptr<policy::Worker>> workers_;  ///< one for each of the other threads
  std::size_t started_ = 0;                               ///< threads that have taken theirs
  std::vector<std::thread> threads_;
};

}  // namespace tailrace::engine::sim
