#pragma once

#include <memory>

#include "tailrace/neural/models.hpp"
#include "tailrace/torch/network.hpp"

namespace tailrace::torch {

/// One replica of each model of ours, for a task that neural::check_model() accepts. Its parameters
/// hold nothing yet: see initialize() in model_network.hpp.
[[nodiscard]] std::unique_ptr<Network> make(const neural::Mlp& model,
                                            const neural::TaskShape& task);
[[nodiscard]] std::unique_ptr<Network> make(const neural::Cnn& model,
                                            const neural::TaskShape& task);
[[nodiscard]] std::unique_ptr<Network> make(const neural::ResNet18& model,
                                            const neural::TaskShape& task);
[[nodiscard]] std::unique_ptr<Network> make(const neural::Lstm& model,
                                            const neural::TaskShape& task);
[[nodiscard]] std::unique_ptr<Network> make(const neural::Vit& model,
                                            const neural::TaskShape& task);
[[nodiscard]] std::unique_ptr<Network> make(const neural::Bert& model,
                                            const neural::TaskShape& task);
[[nodiscard]] std::unique_ptr<Network> make(const neural::Gpt& model,
                                            const neural::TaskShape& task);

}  // namespace tailrace::torch
