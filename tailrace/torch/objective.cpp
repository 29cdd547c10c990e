#include "tailrace/torch/objective.hpp"

#include <ATen/ATen.h>

#include "tailrace/core/check.hpp"

namespace tailrace::torch {
namespace {

constexpr std::int64_t ignored = -100;

template <class Number>
at::Tensor view(const std::vector<Number>& numbers, at::IntArrayRef shape, at::ScalarType type,
                at::Device device) {
  if (numbers.empty()) return {};
  // LibTorch only reads it, but knows no constant memory.
  auto* const memory = const_cast<Number*>(numbers.data());  // NOLINT(*-const-cast)
  return at::from_blob(memory, shape, at::TensorOptions(type)).to(device);
}

std::vector<std::int64_t> batch_shape(std::size_t count, const std::vector<std::size_t>& sample) {
  std::vector<std::int64_t> shape{static_cast<std::int64_t>(count)};
  for (const std::size_t extent : sample) shape.push_back(static_cast<std::int64_t>(extent));
  return shape;
}

at::Tensor class_loss(const at::Tensor& outputs, const at::Tensor& targets) {
  return at::cross_entropy_loss(outputs, targets, {}, at::Reduction::Mean, ignored);
}

at::Tensor token_loss(const at::Tensor& outputs, const at::Tensor& targets) {
  return class_loss(outputs.reshape({-1, outputs.size(-1)}), targets.reshape({-1}));
}

}  // namespace

TensorBatch wrap(const neural::Batch& batch, const neural::TaskShape& shape, at::Device device) {
  const auto count = static_cast<std::int64_t>(batch.count);
  const auto length = static_cast<std::int64_t>(batch.length);
  const auto outputs = static_cast<std::int64_t>(shape.outputs);
  TensorBatch tensors;
  if (shape.input == neural::Input::values) {
    tensors.inputs.values =
        view(batch.values, batch_shape(batch.count, shape.sample), at::kFloat, device);
  } else {
    tensors.inputs.tokens = view(batch.tokens, {count, length}, at::kLong, device);
    tensors.inputs.segments = view(batch.segments, {count, length}, at::kLong, device);
    tensors.inputs.lengths = view(batch.lengths, {count}, at::kLong, device);
  }
  switch (shape.loss) {
    case neural::Loss::classes:
      tensors.targets = view(batch.classes, {count}, at::kLong, device);
      tensors.counted = static_cast<double>(count);
      break;
    case neural::Loss::next_token:
      tensors.targets = view(batch.classes, {count, length}, at::kLong, device);
      for (const std::int64_t target : batch.classes) tensors.counted += target != ignored ? 1 : 0;
      break;
    case neural::Loss::squared_error:
    case neural::Loss::logistic:
      tensors.targets = view(batch.targets, {count, outputs}, at::kFloat, device);
      tensors.counted = static_cast<double>(count);
      break;
  }
  return tensors;
}

LossFunction loss_function(neural::Loss loss) {
  switch (loss) {
    case neural::Loss::classes:
      return class_loss;
    case neural::Loss::next_token:
      return token_loss;
    case neural::Loss::squared_error:
      return [](const at::Tensor& outputs, const at::Tensor& targets) {
        return at::mse_loss(outputs.view_as(targets), targets);
      };
    case neural::Loss::logistic:
      return [](const at::Tensor& outputs, const at::Tensor& targets) {
        return at::binary_cross_entropy_with_logits(outputs.view_as(targets), targets);
      };
  }
  TAILRACE_CHECK(false);
}

}  // namespace tailrace::torch
