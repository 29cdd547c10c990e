#pragma once

#include <cstdint>
#include <memory>

#include "tailrace/cluster/link.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/mpi/world.hpp"

namespace tailrace::mpi {

/// A worker's way to rank 0: sessions one after another, one at a time.
///
/// It waits as Pause does, so that a rank without a job leaves its core to others. When a session
/// is given up, what was being sent to rank 0 stays in memory: four chunks at most.
///
/// Errors  cluster/disconnected: rank 0 has ended the session, or gives no sign of life.
class Port {
 public:
  /// `world` must outlive it, and it the sessions.
  explicit Port(World& world);
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  ~Port();

  /// Opens a session; the one before must be gone. What is left of that one is passed over. Where
  /// rank 0 serves no more, the session holds its Farewell and nothing else.
  [[nodiscard]] Result<std::unique_ptr<cluster::Link>> connect();

 private:
  class Session;
  struct Mail;

  World& world_;
  std::shared_ptr<Mail> mail_;
  std::uint64_t sessions_ = 0;
};

}  // namespace tailrace::mpi
