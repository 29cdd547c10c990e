#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "tailrace/cluster/link.hpp"
#include "tailrace/core/model_store.hpp"
#include "tailrace/policy/server.hpp"

namespace tailrace::cluster {

/// Versions of the model that are being sent: they stay as they are until the transport lets go of
/// them, which it may do at any moment and on any thread. The store hears of that later, under its
/// own lock.
class PinnedModels : public std::enable_shared_from_this<PinnedModels> {
 public:
  /// A version, readable until the body's owner is let go. Called under the store's lock.
  [[nodiscard]] Body pin(policy::Server& server, std::uint32_t branch, ModelStore::Slot slot) {
    ModelStore& models = server.models(branch);
    models.pin_again(slot);
    const std::shared_ptr<PinnedModels> self = shared_from_this();
    std::shared_ptr<const void> owner(this, [self, branch, slot](const void*) {
      const std::lock_guard lock(self->mutex_);
      self->sent_.emplace_back(branch, slot);
    });
    return {.bytes = std::as_bytes(models.at(slot)), .owner = std::move(owner)};
  }

  /// Tells the store of what was let go since. Called under the store's lock.
  void release(policy::Server& server) {
    {
      const std::lock_guard lock(mutex_);
      std::swap(sent_, releasing_);
    }
    for (const auto& [branch, slot] : releasing_) server.models(branch).release(slot);
    releasing_.clear();
  }

 private:
  using Version = std::pair<std::uint32_t, ModelStore::Slot>;
  std::mutex mutex_;  ///< guards sent_
  std::vector<Version> sent_;
  std::vector<Version> releasing_;
};

}  // namespace tailrace::cluster
