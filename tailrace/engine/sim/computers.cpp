#include "tailrace/engine/sim/computers.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "tailrace/core/parallel.hpp"

namespace tailrace::engine::sim {

Computers::Computers(const problem::Problem& problem, const policy::Local& local,
                     const policy::JobKeys& keys, std::size_t threads)
    : ahead_max_(8 * threads), own_(problem, local, keys) {
  for (std::size_t i = 1; i < threads; ++i) {
    workers_.push_back(std::make_unique<policy::Worker>(problem, local, keys));
  }
  threads_ = start_threads(workers_.size(), [this] { work(); });
}

void Computers::work() {
  std::unique_lock lock(mutex_);
  policy::Worker& worker = *workers_[started_++];
  for (;;) {
    Flight::Id id = 0;
    posted_.wait(lock, [&] { return stop_ || (!resting_ && ahead_ < ahead_max_ && next(id)); });
    if (stop_) return;
    compute(worker, id, lock);
  }
}

Computers::~Computers() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  posted_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Computers::post(Flight::Id id, Time arrival, const policy::Job& job) {
  const std::lock_guard lock(mutex_);
  if (slots_.size() <= id) slots_.resize(id + 1);
  Slot& slot = slots_[id];
  slot.phase = Phase::waiting;
  slot.ticket = tickets_++;
  slot.job = job;
  waiting_.push_back({arrival, slot.ticket, id});
  std::push_heap(waiting_.begin(), waiting_.end());
  if (ahead_ < ahead_max_) posted_.notify_one();
}

bool Computers::next(Flight::Id& id) {
  while (!waiting_.empty()) {
    std::pop_heap(waiting_.begin(), waiting_.end());
    const Waiting waiting = waiting_.back();
    waiting_.pop_back();
    const Slot& slot = slots_[waiting.id];
    // The engine may have computed it already, and given its id to another job.
    if (slot.phase == Phase::waiting && slot.ticket == waiting.ticket) {
      id = waiting.id;
      slots_[id].phase = Phase::running;
      ++ahead_;
      return true;
    }
  }
  return false;
}

void Computers::compute(policy::Worker& worker, Flight::Id id, std::unique_lock<std::mutex>& lock) {
  Slot& slot = slots_[id];
  ++running_;
  try {
    slot.update = spare();
    policy::Update& update = *slot.update;
    const policy::Job job = slot.job;
    lock.unlock();
    worker.run(job, update);
    lock.lock();
  } catch (...) {
    // Locked until after the handler's end: who finds the job done finds this thread done with what
    // was thrown.
    if (!lock.owns_lock()) lock.lock();
    slot.thrown = std::current_exception();
  }
  --running_;
  slot.phase = Phase::done;
  finished_.notify_one();
}

policy::Update& Computers::take(Flight::Id id) {
  std::unique_lock lock(mutex_);
  Slot& slot = slots_[id];
  if (slot.phase == Phase::waiting) {
    slot.phase = Phase::running;
    ++ahead_;
    compute(own_, id, lock);
  }
  while (slot.phase != Phase::done) {
    Flight::Id other = 0;
    if (ahead_ < ahead_max_ && next(other)) {
      compute(own_, other, lock);
    } else {
      finished_.wait(lock, [&] { return slot.phase == Phase::done; });
    }
  }
  if (slot.thrown) {
    const std::exception_ptr thrown = std::exchange(slot.thrown, nullptr);
    recycle(slot);
    std::rethrow_exception(thrown);
  }
  return *slot.update;
}

void Computers::cancel(Flight::Id id) {
  std::unique_lock lock(mutex_);
  Slot& slot = slots_[id];
  if (slot.phase == Phase::waiting) {
    slot.phase = Phase::none;  // its place in waiting_ is skipped
    return;
  }
  finished_.wait(lock, [&] { return slot.phase == Phase::done; });
  recycle(slot);
}

void Computers::recycle(Flight::Id id) {
  const std::lock_guard lock(mutex_);
  recycle(slots_[id]);
}

void Computers::recycle(Slot& slot) {
  slot.phase = Phase::none;
  slot.thrown = nullptr;
  --ahead_;
  if (slot.update != nullptr) spares_.push_back(std::move(slot.update));
  posted_.notify_one();
}

Computers::Rest::Rest(Computers& computers) : computers_(computers) {
  std::unique_lock lock(computers_.mutex_);
  computers_.resting_ = true;
  computers_.finished_.wait(lock, [&] { return computers_.running_ == 0; });
}

Computers::Rest::~Rest() {
  {
    const std::lock_guard lock(computers_.mutex_);
    computers_.resting_ = false;
  }
  computers_.posted_.notify_all();
}

std::unique_ptr<policy::Update> Computers::spare() {
  if (spares_.empty()) return std::make_unique<policy::Update>();
  std::unique_ptr<policy::Update> update = std::move(spares_.back());
  spares_.pop_back();
  return update;
}

}  // namespace tailrace::engine::sim
