#include "tailrace/engine/sim/event_queue.hpp"

#include <algorithm>

namespace tailrace::engine::sim {

void EventQueue::sink(std::size_t place, const Event& event) {
  const std::size_t size = heap_.size();
  Event* heap = heap_.data();
  for (;;) {
    const std::size_t child = arity * place + 1;
    if (child >= size) break;
    std::size_t least = child;
    if (child + arity <= size) {
      // Written as selections: branches on random keys would be mispredicted half of the time.
      const std::size_t left = child + (before(heap[child + 1], heap[child]) ? 1 : 0);
      const std::size_t right = child + 2 + (before(heap[child + 3], heap[child + 2]) ? 1 : 0);
      least = before(heap[right], heap[left]) ? right : left;
    } else {
      for (std::size_t other = child + 1; other < size; ++other) {
        if (before(heap[other], heap[least])) least = other;
      }
    }
    if (!before(heap[least], event)) break;
    heap[place] = heap[least];
    place = least;
  }
  heap[place] = event;
}

void EventQueue::rise(std::size_t place, const Event& event) {
  while (place > 0) {
    const std::size_t parent = (place - 1) / arity;
    if (!before(event, heap_[parent])) break;
    heap_[place] = heap_[parent];
    place = parent;
  }
  heap_[place] = event;
}

void EventQueue::renumber() {
  close_hole();
  std::sort(heap_.begin(), heap_.end(), before);
  sequence_ = 0;
  for (Event& event : heap_) event.sequence = sequence_++;
}

}  // namespace tailrace::engine::sim
