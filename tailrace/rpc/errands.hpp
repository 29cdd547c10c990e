#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace tailrace::rpc {

/// What has to be done soon, but not here: a host calls its sessions under its own lock, where
/// nothing may take long and nothing may call it back.
///
/// During a Batch the thread keeps what it is given and does it at the batch's end, when the host
/// has returned: no lock is held, and no other thread need wake up. What other threads give is done
/// by a thread of its own.
class Errands {
 public:
  using Clock = std::chrono::steady_clock;
  using Errand = std::function<void()>;

  Errands();
  ~Errands() { stop(); }
  Errands(const Errands&) = delete;
  Errands& operator=(const Errands&) = delete;

  /// Soon, in any thread.
  void post(Errand errand);
  /// At a moment, in the thread of its own.
  void post_at(Clock::time_point due, Errand errand);

  /// Forgets what is due later, and what it is given from now on. Not for the thread of its own.
  void stop();

  /// Around a call of the host. Batches may nest; the outermost does the work.
  class Batch {
   public:
    Batch();
    ~Batch();
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

   private:
    friend class Errands;
    std::vector<Errand> errands_;
  };

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::multimap<Clock::time_point, Errand> due_;
  std::thread thread_;
};

}  // namespace tailrace::rpc
