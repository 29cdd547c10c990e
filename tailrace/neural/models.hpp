#pragma once

#include <variant>

#include "tailrace/core/result.hpp"
#include "tailrace/neural/models/bert.hpp"
#include "tailrace/neural/models/cnn.hpp"
#include "tailrace/neural/models/gpt.hpp"
#include "tailrace/neural/models/lstm.hpp"
#include "tailrace/neural/models/mlp.hpp"
#include "tailrace/neural/models/resnet18.hpp"
#include "tailrace/neural/models/torchscript.hpp"
#include "tailrace/neural/models/vit.hpp"
#include "tailrace/neural/samples.hpp"

namespace tailrace::neural {

/// Every model an experiment file can name. The first is the default, the others are in
/// alphabetical order. tailrace/torch builds them; nothing here needs LibTorch.
using Model = std::variant<Mlp, Bert, Cnn, Gpt, Lstm, ResNet18, TorchScript, Vit>;

/// Whether this model can take this task. An error's `where` is the key of the option to blame, or
/// empty where the model is the wrong one.
///
/// Errors  model/wrong-input, model/wrong-task, model/wrong-option.
[[nodiscard]] Status check_model(const Model& model, const TaskShape& task);

/// How many numbers it trains, for a task that check_model() accepts; 0: known once it is built.
[[nodiscard]] double parameters(const Model& model, const TaskShape& task);

}  // namespace tailrace::neural
