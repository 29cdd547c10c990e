#pragma once

#include <cstddef>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/core/check.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/policy/update.hpp"

namespace tailrace::policy {

/// One number per coordinate that a transform keeps from update to update, zero at first.
class Memory {
 public:
  void prepare(std::size_t dimension) { values_.assign(dimension, 0); }

  /// The part that belongs to a block; (block.size).
  [[nodiscard]] Real* at(const Block& block) {
    TAILRACE_CHECK(block.begin + block.size <= values_.size());
    return values_.data() + block.begin;
  }

  void state(Archive& archive) {
    const std::size_t dimension = values_.size();
    archive(values_);
    if (values_.size() == dimension) return;
    // Saved for another model: kernels rely on the length.
    values_.resize(dimension);
    archive.refuse();
  }

 private:
  std::vector<Real> values_;
};

}  // namespace tailrace::policy
