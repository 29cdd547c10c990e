#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace tailrace::mpi {

/// Waits between two looks at something that MPI can only be asked about: first for no time at all,
/// so that an answer that is on its way is seen at once, then longer and longer, so that a rank
/// with nothing to do leaves its core to others.
class Pause {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::microseconds spin{50};
  static constexpr std::chrono::microseconds spin_under_way{5'000};
  static constexpr std::chrono::microseconds shortest{20};
  static constexpr std::chrono::microseconds longest{1'000};

  /// Something happened.
  void reset() {
    idle_since_ = {};
    length_ = shortest;
  }

  /// Nothing happened: until when to wait; now, if it is too early for that. While messages are
  /// under way it is early for longer: MPI moves them when it is asked.
  [[nodiscard]] Clock::time_point next(bool under_way) {
    const Clock::time_point now = Clock::now();
    if (idle_since_ == Clock::time_point{}) idle_since_ = now;
    if (now - idle_since_ < (under_way ? spin_under_way : spin)) return now;
    const Clock::time_point until = now + length_;
    length_ = std::min(length_ * 3 / 2, longest);
    return until;
  }

  /// Nothing happened. Returns at `until` at the latest.
  void wait(Clock::time_point until, bool under_way = false) {
    std::this_thread::sleep_until(std::min(until, next(under_way)));
  }

 private:
  Clock::time_point idle_since_;
  std::chrono::microseconds length_ = shortest;
};

}  // namespace tailrace::mpi
