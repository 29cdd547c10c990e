#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "tailrace/torch/network.hpp"

namespace tailrace::torch {

/// The first name of every tensor: tied weights have several, and train once.
[[nodiscard]] inline std::vector<NamedTensor> without_repeats(std::vector<NamedTensor> tensors) {
  std::vector<NamedTensor> kept;
  for (NamedTensor& each : tensors) {
    const bool known = std::ranges::any_of(
        kept, [&](const NamedTensor& other) { return other.tensor.is_same(each.tensor); });
    if (!known) kept.push_back(std::move(each));
  }
  return kept;
}

}  // namespace tailrace::torch
