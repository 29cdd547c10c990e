#include "tailrace/core/parallel.hpp"

#include <new>
#include <system_error>
#include <utility>

namespace tailrace {

std::vector<std::thread> start_threads(std::size_t count, const std::function<void()>& body) {
  std::vector<std::thread> threads;
  threads.reserve(count);
  try {
    while (threads.size() < count) threads.emplace_back(body);
  } catch (const std::system_error&) {
    // The system gives no more threads.
  } catch (const std::bad_alloc&) {
    // Nor memory for what a thread needs to begin.
  }
  return threads;
}

Pool::Pool(std::size_t threads) {
  if (threads > 1) workers_ = start_threads(threads - 1, [this] { work(); });
}

Pool::~Pool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void Pool::run(std::size_t chunks, const std::function<void(std::size_t)>& body) {
  {
    const std::lock_guard lock(mutex_);
    body_ = &body;
    chunks_ = chunks;
    next_ = 0;
    busy_ = workers_.size();
    ++round_;
  }
  wake_.notify_all();
  drain();
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return busy_ == 0; });
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

void Pool::drain() {
  try {
    for (std::size_t chunk = next_++; chunk < chunks_; chunk = next_++) (*body_)(chunk);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!thrown_) thrown_ = std::current_exception();
    next_ = chunks_;
  }
}

void Pool::work() {
  std::size_t seen = 0;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stop_ || round_ != seen; });
      if (stop_) return;
      seen = round_;
    }
    drain();
    const std::lock_guard lock(mutex_);
    if (--busy_ == 0) done_.notify_one();
  }
}

}  // namespace tailrace
