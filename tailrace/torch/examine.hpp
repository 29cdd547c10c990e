#pragma once

#include "tailrace/core/layout.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/neural/course.hpp"
#include "tailrace/torch/network.hpp"
#include "tailrace/torch/objective.hpp"
#include "tailrace/torch/replica.hpp"

namespace tailrace::torch {

/// What is found out about a network before it is trained.
struct Examined {
  Layout layout;  ///< names and shapes of its parameters
  GlobalDrawing draws;
};

/// Passes two samples through a network in evaluation and forward and backward in training, so that
/// what it cannot do is found before a run and not in the middle of one.
///
/// Errors  model/no-parameters, model/wrong-type, model/wrong-output, and what the model itself
///         throws, as model/wrong-output.
[[nodiscard]] Result<Examined> examine(Network& network, const neural::Course& course,
                                       const LossFunction& loss);

}  // namespace tailrace::torch
