#pragma once

#include <cstddef>

#include "tailrace/core/ids.hpp"
#include "tailrace/policy/update.hpp"

namespace tailrace::policy {

/// The step that rmsprop and adagrad share:
///
///     v_j  <-  keep * v_j + add * u_j^2;    u_j  <-  u_j / (gain * sqrt(v_j) + epsilon)
struct RootMeanSquare {
  double keep;
  double add;
  double gain;
  double epsilon;

  /// `root` (block.size) holds sqrt(v).
  void divide(const Block& block, Real* root) const;
};

}  // namespace tailrace::policy
