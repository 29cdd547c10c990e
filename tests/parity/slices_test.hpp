#pragma once

#include <barrier>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/engine/flight.hpp"
#include "tailrace/engine/timers.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/policy/slice.hpp"

/// Servers that hold a slice of the model each, in one process and on a thread each.
namespace tailrace::policy::testing {

/// What they meet at: whoever asks waits until all others have asked the same.
class Together {
 public:
  explicit Together(std::uint32_t slices)
      : chunks_(slices), answers_(slices), meeting_(static_cast<std::ptrdiff_t>(slices)) {}

  /// The others as one of them sees them.
  class Seat final : public Slices {
   public:
    Seat(Together& all, std::uint32_t index) : all_(all), index_(index) {}
    double add_up(std::span<const double> chunks) override { return all_.add_up(index_, chunks); }
    bool all(bool here) override { return all_.all(index_, here); }

   private:
    Together& all_;
    std::uint32_t index_;
  };

 private:
  double add_up(std::uint32_t index, std::span<const double> chunks) {
    chunks_[index] = chunks;
    meeting_.arrive_and_wait();
    double sum = 0;
    for (const std::span<const double> part : chunks_) {
      for (const double chunk : part) sum += chunk;
    }
    meeting_.arrive_and_wait();
    return sum;
  }
  bool all(std::uint32_t index, bool here) {
    answers_[index] = here ? 1 : 0;
    meeting_.arrive_and_wait();
    bool everywhere = true;
    for (const std::uint8_t answer : answers_) everywhere &= answer != 0;
    meeting_.arrive_and_wait();
    return everywhere;
  }

  std::vector<std::span<const double>> chunks_;
  std::vector<std::uint8_t> answers_;
  std::barrier<> meeting_;
};

/// The update of this job arrives.
struct Event {
  engine::Flight::Id job = 0;
  Time now;
};

/// A server with its jobs in flight, which does what it is told. Where a method's `send` is the
/// workers' they apply it before anything is cut, so that it is left out here.
class Holder {
 public:
  static constexpr std::uint32_t workers = 8;

  /// Holds `slice` of a model that starts at 0.
  Holder(const Method& method, const Slice& slice, Slices* others)
      : slice_(slice),
        steps_(method.local.steps),
        sent_(!method.send.empty() && method.send.on_worker() && !method.server),
        server_(make_server(method, {.start = std::vector<Real>(slice.size(), 0),
                                     .workers = workers,
                                     .seed = 1,
                                     .slices = others})),
        flight_(workers) {
    server_->begin(actions_);
    carry_out();
  }

  /// Timers that are due by then ring.
  void ring(Time until) {
    while (timers_.next() <= until) {
      const Timer timer = timers_.take();
      actions_.clear();
      server_->timer(timer.name, timer.at, actions_);
      carry_out();
    }
  }
  void arrive(const Event& event) {
    ring(event.now);
    Arrived arrived = flight_.arrived(event.job, event.now, *server_);
    arrived.sent = sent_;
    compute(arrived);
    actions_.clear();
    server_->arrive(arrived, update_, actions_);
    flight_.land(event.job, *server_);
    carry_out();
  }

  void state(Archive& archive) {
    server_->state(archive);
    archive(flight_, timers_, diverged_);
  }

  [[nodiscard]] const Server& server() const { return *server_; }
  [[nodiscard]] std::span<const Real> model() const { return server_->models().current(); }
  [[nodiscard]] bool diverged() const { return diverged_; }
  [[nodiscard]] engine::Flight& flight() { return flight_; }
  [[nodiscard]] Time next_timer() const { return timers_.next(); }

 private:
  /// Every coordinate has an aim of its own, for each worker another and from job to job too.
  void compute(const Arrived& arrived) {
    const std::span<Real> out = update_.start(slice_.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::uint64_t aim =
          (slice_.begin + i) * 31 + std::uint64_t{arrived.worker} * 7 + arrived.job * 13;
      out[i] = arrived.start[i] - static_cast<Real>(aim % 17) / 7;
    }
  }

  void carry_out() {
    diverged_ |= actions_.diverged;
    for (const WorkerId worker : actions_.cancel) {
      for (const engine::Flight::Id job : flight_.jobs_of(worker)) {
        flight_.cancel(job, /*reading=*/false, *server_);
        flight_.forget(job, *server_);
      }
    }
    for (const Start& start : actions_.start) flight_.take_off(start, steps_, *server_);
    for (const Timer& timer : actions_.timers) timers_.set(timer);
  }

  Slice slice_;
  std::uint32_t steps_;
  bool sent_;  ///< by the workers
  std::unique_ptr<Server> server_;
  engine::Flight flight_;
  engine::Timers timers_;
  Actions actions_;
  Update update_;
  bool diverged_ = false;
};

}  // namespace tailrace::policy::testing
