#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tailrace {

/// Threads that run body: `count` of them, or as many as the system gives, which then have to do
/// all of the work. What body throws ends the program, so it must not.
[[nodiscard]] std::vector<std::thread> start_threads(std::size_t count,
                                                     const std::function<void()>& body);

/// A few threads that split one loop at a time: fork, run, join.
///
/// Work is cut into fixed chunks by the caller; which thread runs a chunk is not defined, so a
/// chunk must write only its own outputs. Sums over chunks are the caller's, in chunk order: the
/// result never depends on the number of threads.
class Pool {
 public:
  /// `threads` computing threads in all, the caller's included; 0 and 1 both mean "no others".
  /// Fewer if the system gives no more.
  explicit Pool(std::size_t threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  [[nodiscard]] std::size_t threads() const { return workers_.size() + 1; }

  /// Calls body(chunk) for chunk = 0..chunks-1, the caller helping; returns when all are done.
  /// Not to be called from within a body.
  ///
  /// If a body throws, on whichever thread, no more chunks are begun, and when those that were have
  /// ended, run() throws what was thrown first; the pool is as good as new. Which of several it
  /// was, and which chunks were not run, is not defined.
  void run(std::size_t chunks, const std::function<void(std::size_t)>& body);

 private:
  void work();
  void drain();

  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  const std::function<void(std::size_t)>* body_ = nullptr;
  std::size_t chunks_ = 0;
  std::atomic<std::size_t> next_ = 0;
  std::size_t busy_ = 0;
  std::size_t round_ = 0;
  std::exception_ptr thrown_;  ///< what a body of this round threw first
  bool stop_ = false;
};

/// Runs body over chunks on the pool, or right here when there is none. What it throws comes
/// through.
inline void run_chunks(Pool* pool, std::size_t chunks,
                       const std::function<void(std::size_t)>& body) {
  if (pool != nullptr && chunks > 1) return pool->run(chunks, body);
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) body(chunk);
}

}  // namespace tailrace
