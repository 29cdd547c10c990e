#pragma once

#include <memory>

#include "tailrace/core/result.hpp"
#include "tailrace/neural/models.hpp"
#include "tailrace/torch/network.hpp"

namespace tailrace::torch {

/// One replica of a model for a task, on the CPU and in float. Models of ours hold nothing yet
/// (see initialize() in model_network.hpp), a TorchScript file brings its numbers.
///
/// Errors  those of neural::check_model() and load_torchscript().
[[nodiscard]] Result<std::unique_ptr<Network>> build_network(const neural::Model& model,
                                                             const neural::TaskShape& task);

}  // namespace tailrace::torch
