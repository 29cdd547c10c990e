#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/core/time.hpp"

namespace tailrace::engine::sim {

/// Something that will happen: 16 bytes, ordered by time, then by the order in which it was
/// planned.
struct Event {
  std::int64_t ns = 0;
  std::uint32_t sequence = 0;
  std::uint32_t payload = 0;
};

/// The future: a four-way heap of events. The order is total, so it does not depend on the heap's
/// shape.
///
/// Most events plan exactly one other, so pop() leaves a hole at the top which the next push()
/// fills with a single walk down; popping and pushing separately would walk twice.
class EventQueue {
 public:
  void push(Time time, std::uint32_t payload) {
    if (sequence_ == UINT32_MAX) renumber();
    const Event event{time.ns, sequence_++, payload};
    if (hole_) {
      hole_ = false;
      sink(0, event);
    } else {
      heap_.push_back(event);
      rise(heap_.size() - 1, event);
    }
  }

  [[nodiscard]] bool empty() const { return heap_.size() == (hole_ ? 1U : 0U); }
  [[nodiscard]] std::size_t size() const { return heap_.size() - (hole_ ? 1 : 0); }

  /// The earliest event; the queue is not empty.
  [[nodiscard]] const Event& top() {
    close_hole();
    return heap_.front();
  }
  /// Removes top().
  void pop() {
    close_hole();
    hole_ = true;
  }

  /// Every waiting event, in no particular order.
  template <class Visit>
  void each(const Visit& visit) {
    close_hole();
    for (const Event& event : heap_) visit(event);
  }

  void state(Archive& archive) {
    close_hole();
    archive(heap_, sequence_);
  }

 private:
  static constexpr std::size_t arity = 4;

  static bool before(const Event& a, const Event& b) { return key(a) < key(b); }
  __extension__ using Key = unsigned __int128;
  static Key key(const Event& event) {
    return static_cast<Key>(static_cast<std::uint64_t>(event.ns)) << 32 | event.sequence;
  }

  void close_hole() {
    if (!hole_) return;
    hole_ = false;
    const Event last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sink(0, last);
  }
  void sink(std::size_t place, const Event& event);
  void rise(std::size_t place, const Event& event);
  /// Sequence numbers ran out: gives the waiting events 0, 1, 2, ... in their order.
  void renumber();

  std::vector<Event> heap_;
  std::uint32_t sequence_ = 0;
  bool hole_ = false;
};

}  // namespace tailrace::engine::sim
