#include "tailrace/engine/sim/event_queue.hpp"

#include <algorithm>

namespace tailrace::engine::sim {

void EventQueue::sink(const Event& event) {
  const std::size_t size = heap_.size();
  Event* heap = heap_.data();
  std::size_t place = first;
  for (;;) {
    const std::size_t child = first_child(place);
    if (child >= size) break;
    std::size_t least = child;
    if (child + arity <= size) {
      // Which of the four families comes next is not known yet; asking memory for all of them is
      // faster than waiting to find out.
      for (std::size_t i = 0; i < arity; ++i) __builtin_prefetch(heap + first_child(child + i));
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
  while (place > first) {
    const std::size_t parent = parent_of(place);
    if (!before(event, heap_[parent])) break;
    heap_[place] = heap_[parent];
    place = parent;
  }
  heap_[place] = event;
}

void EventQueue::renumber() {
  close_hole();
  std::sort(heap_.begin() + first, heap_.end(), before);
  sequence_ = 0;
  for (std::size_t place = first; place < heap_.size(); ++place) {
    heap_[place].sequence = sequence_++;
  }
}

void EventQueue::state(Archive& archive) {
  close_hole();
  std::vector<Event> events(heap_.begin() + first, heap_.end());
  archive(events, sequence_);
  if (!archive.reading()) return;
  heap_.resize(first);
  heap_.insert(heap_.end(), events.begin(), events.end());
}

}  // namespace tailrace::engine::sim
