#include "tailrace/torch/examine.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <exception>
#include <string_view>
#include <utility>

#include "tailrace/torch/global_draws.hpp"

namespace tailrace::torch {
namespace {

/// The names and shapes of the parameters; what cannot be trained is refused.
Result<Layout> layout_of(const Network& network) {
  Layout layout;
  for (const NamedTensor& parameter : network.parameters()) {
    const at::Tensor& tensor = parameter.tensor;
    if (tensor.scalar_type() != at::kFloat) {
      return fail({"model/wrong-type",
                   fmt::format("parameter \"{}\" has type {}, not 32-bit float", parameter.name,
                               at::toString(tensor.scalar_type())),
                   "model", "convert the model with model.float() before it is saved"});
    }
    layout.add(parameter.name, {tensor.sizes().begin(), tensor.sizes().end()});
  }
  if (layout.dimension == 0) {
    return fail({"model/no-parameters", "the model has no parameters to train", "model",
                 "a frozen script has constants in their place: save it without torch.jit.freeze"});
  }
  return layout;
}

bool sizes_fit(const at::Tensor& outputs, const at::Tensor& targets,
               const neural::TaskShape& shape) {
  const auto each = static_cast<std::int64_t>(shape.outputs);
  const bool of_classes =
      shape.loss == neural::Loss::classes || shape.loss == neural::Loss::next_token;
  if (of_classes && (outputs.dim() == 0 || outputs.size(-1) != each)) return false;
  return outputs.numel() == targets.numel() * (of_classes ? each : 1);
}

/// Two samples: layers that normalize by batches take no fewer.
TensorBatch two_samples(const neural::Samples& samples, neural::Batch& memory) {
  const std::array<std::uint32_t, 2> first = {0, samples.count() > 1 ? 1U : 0U};
  samples.fill(first, nullptr, memory);
  return wrap(memory, samples.shape(), at::kCPU);
}

Status check_outputs(Network& network, const TensorBatch& batch, const neural::TaskShape& shape,
                     const LossFunction& loss) {
  const at::NoGradGuard no_gradients;
  network.train(false);
  const at::Tensor outputs = network.forward(batch.inputs);
  if (sizes_fit(outputs, batch.targets, shape) && loss(outputs, batch.targets).numel() == 1) {
    return {};
  }
  return fail({"model/wrong-output",
               fmt::format("for two samples the model gives {} numbers of shape {}, where the task "
                           "has {} outputs each",
                           outputs.numel(), fmt::join(outputs.sizes(), " x "), shape.outputs),
               "model", "let its last layer have as many outputs as the task has"});
}

/// As a job will: forward in training, and back.
void train_once(Network& network, const TensorBatch& batch, const LossFunction& loss) {
  const at::AutoGradMode mode(true);
  network.train(true);
  loss(network.forward(batch.inputs), batch.targets).backward();
  for (const NamedTensor& parameter : network.parameters()) {
    at::Tensor tensor = parameter.tensor;
    tensor.mutable_grad().reset();
  }
}

at::Tensor generator_state() { return at::globalContext().defaultGenerator(at::kCPU).get_state(); }

Status pass_through(Network& network, const neural::Course& course, const LossFunction& loss,
                    GlobalDrawing& draws) {
  neural::Batch memory;
  const TensorBatch batch = two_samples(*course.train, memory);
  const GlobalDraws alone(0);
  const at::Tensor first = generator_state();
  if (Status fits = check_outputs(network, batch, course.train->shape(), loss); !fits) return fits;
  const at::Tensor second = generator_state();
  train_once(network, batch, loss);
  draws.evaluating = !at::equal(first, second);
  draws.training = network.draws_globally() || !at::equal(second, generator_state());
  return {};
}

/// The line that says what happened: LibTorch's first, but the last where a script failed, since
/// what precedes it is where in the script.
std::string_view gist_of(std::string_view why) {
  if (!why.starts_with("The following operation failed in the TorchScript")) {
    return why.substr(0, why.find('\n'));
  }
  while (why.ends_with('\n')) why.remove_suffix(1);
  return why.substr(why.rfind('\n') + 1);
}

tl::unexpected<Errors> refused(std::string_view why) {
  return fail({"model/wrong-output",
               fmt::format("the model refuses a batch of this task: {}", gist_of(why)), "model",
               "compare the shapes that it takes with those of the data"});
}

}  // namespace

Result<Examined> examine(Network& network, const neural::Course& course, const LossFunction& loss) {
  Result<Layout> layout = layout_of(network);
  if (!layout) return fail(std::move(layout.error()));
  GlobalDrawing draws;
  try {
    if (Status passed = pass_through(network, course, loss, draws); !passed) {
      return fail(std::move(passed.error()));
    }
  } catch (const c10::Error& error) {
    return refused(error.what_without_backtrace());
  } catch (const std::exception& error) {
    return refused(error.what());
  }
  return Examined{std::move(*layout), draws};
}

}  // namespace tailrace::torch
