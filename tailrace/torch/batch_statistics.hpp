#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "tailrace/neural/course.hpp"
#include "tailrace/torch/replica.hpp"

namespace tailrace::torch {

/// The running averages of a network's normalization layers, by the names LibTorch gives them:
/// `running_mean` and `running_var`. Buffers of other names are constants.
[[nodiscard]] std::vector<at::Tensor> running_averages(Network& network);

/// What batches say on average: every batch is passed forward in training mode by itself, and the
/// mean of their statistics is the result, in the order of running_averages(). The layers' own
/// momentum, which mixes a batch into older averages, is measured and taken out, so that nothing
/// older is left.
///
/// Source  Wu, Johnson: Rethinking "batch" in BatchNorm, arXiv:2105.07576 (precise statistics).
[[nodiscard]] std::vector<at::Tensor> average_statistics(
    Replica& replica, const neural::Samples& samples,
    const std::vector<std::vector<std::uint32_t>>& batches);

/// Sets a network's running averages.
void set_running_averages(Network& network, const std::vector<at::Tensor>& values);

}  // namespace tailrace::torch
