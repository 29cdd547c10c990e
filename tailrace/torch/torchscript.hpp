#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tailrace/core/result.hpp"
#include "tailrace/neural/samples.hpp"
#include "tailrace/torch/network.hpp"

namespace tailrace::torch {

/// How to make replicas of a model exported from Python; neural::TorchScript says what its forward
/// must take. The file is read once. Parameters that it says need no gradient are buffers here:
/// they stay as they are.
///
/// It runs as written: LibTorch's optimizer of scripts, which looks at the first calls and then
/// changes the order of sums, is off. Whether it draws random numbers while training (dropout,
/// bernoulli, rand...) is read from its code, and is true in doubt; see Network::draws_globally().
///
/// A file from a stranger is code from a stranger, though code of a small language.
/// Errors  model/script-unreadable, model/script-arguments, model/script-parameters, where "file".
[[nodiscard]] Result<std::function<std::unique_ptr<Network>()>> read_torchscript(
    const std::string& file, const neural::TaskShape& task);

}  // namespace tailrace::torch
