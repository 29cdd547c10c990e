#pragma once

#include <cstddef>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/core/check.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/policy/transform/memory.hpp"

namespace tailrace::policy {

/// One number per worker and coordinate that a transform keeps from update to update, zero at
/// first. A worker's part is made when its first update comes.
class WorkerMemory {
 public:
  void prepare(std::size_t dimension, std::uint32_t workers) {
    dimension_ = dimension;
    parts_.assign(workers, {});
  }

  /// The worker's part, all of it.
  [[nodiscard]] Memory& of(WorkerId worker) {
    TAILRACE_CHECK(worker < parts_.size());
    Part& part = parts_[worker];
    if (!part.used) part.memory.prepare(dimension_);
    part.used = true;
    return part.memory;
  }

  /// The worker's part is zero again.
  void forget(WorkerId worker) {
    TAILRACE_CHECK(worker < parts_.size());
    parts_[worker] = {};
  }

  void state(Archive& archive) {
    for (Part& part : parts_) {
      archive(part.used);
      if (!archive.ok()) return;
      if (archive.reading()) part.memory.prepare(part.used ? dimension_ : 0);
      if (part.used) archive(part.memory);
    }
  }

 private:
  struct Part {
    bool used = false;
    Memory memory = {};
  };
  std::size_t dimension_ = 0;
  std::vector<Part> parts_;
};

}  // namespace tailrace::policy
