#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "tailrace/core/ids.hpp"

namespace tailrace::delay {

/// One number a worker, stored once when all are the same: a million equal workers cost one number.
template <class T>
class PerWorker {
 public:
  /// `values` is not empty.
  explicit PerWorker(std::vector<T> values) : values_(std::move(values)) {
    const auto differs = [&](const T& value) { return value != values_.front(); };
    if (std::any_of(values_.begin(), values_.end(), differs)) return;
    values_.resize(1);
    values_.shrink_to_fit();
    mask_ = 0;
  }

  const T& operator[](WorkerId worker) const { return values_[worker & mask_]; }

 private:
  std::vector<T> values_;
  WorkerId mask_ = ~WorkerId{0};  ///< a mask rather than a branch: this runs once or twice an event
};

}  // namespace tailrace::delay
