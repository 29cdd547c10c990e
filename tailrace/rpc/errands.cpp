#include "tailrace/rpc/errands.hpp"

namespace tailrace::rpc {
namespace {

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): one call of a host per thread
thread_local Errands::Batch* outermost = nullptr;

}  // namespace

Errands::Batch::Batch() {
  if (outermost == nullptr) outermost = this;
}

Errands::Batch::~Batch() {
  if (outermost != this) return;
  // An errand may give another.
  for (std::size_t next = 0; next < errands_.size(); ++next) {
    const Errand errand = std::move(errands_[next]);
    errand();
  }
  outermost = nullptr;
}

Errands::Errands() : thread_([this] { work(); }) {}

void Errands::stop() {
  std::multimap<Clock::time_point, Errand> forgotten;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    forgotten.swap(due_);
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Errands::post(Errand errand) {
  if (outermost != nullptr) {
    outermost->errands_.push_back(std::move(errand));
  } else {
    post_at({}, std::move(errand));
  }
}

void Errands::post_at(Clock::time_point due, Errand errand) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    due_.emplace(due, std::move(errand));
  }
  changed_.notify_one();
}

void Errands::work() {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    if (due_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = due_.begin();
    if (first->first > Clock::now()) {
      const Clock::time_point until = first->first;
      changed_.wait_until(lock, until);
      continue;
    }
    {
      const Errand errand = std::move(first->second);
      due_.erase(first);
      lock.unlock();
      errand();
    }
    lock.lock();
  }
}

}  // namespace tailrace::rpc
