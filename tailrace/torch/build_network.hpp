#pragma once

#include <functional>
#include <memory>

#include "tailrace/core/result.hpp"
#include "tailrace/neural/models.hpp"
#include "tailrace/torch/network.hpp"

namespace tailrace::torch {

/// Makes replicas of one model, all alike; may be called on several threads at once.
using NetworkFactory = std::function<std::unique_ptr<Network>()>;

/// How to make replicas of a model for a task, on the CPU and in float. Models of ours hold nothing
/// at first (see initialize() in model_network.hpp). A TorchScript file is read once, here, and
/// brings its numbers: later changes of the file change no run.
///
/// Errors  those of neural::check_model() and read_torchscript().
[[nodiscard]] Result<NetworkFactory> network_factory(const neural::Model& model,
                                                     const neural::TaskShape& task);

/// One replica.
[[nodiscard]] Result<std::unique_ptr<Network>> build_network(const neural::Model& model,
                                                             const neural::TaskShape& task);

}  // namespace tailrace::torch
