#include "tailrace/torch/tensor_samples.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tailrace/data/safetensors.hpp"

namespace tailrace::torch {
namespace {

std::optional<data::NumberFormat> format_of(at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return data::NumberFormat::f32;
    case at::kDouble:
      return data::NumberFormat::f64;
    case at::kHalf:
      return data::NumberFormat::f16;
    case at::kBFloat16:
      return data::NumberFormat::bf16;
    case at::kLong:
      return data::NumberFormat::i64;
    case at::kInt:
      return data::NumberFormat::i32;
    case at::kByte:
      return data::NumberFormat::u8;
    default:
      return std::nullopt;
  }
}

/// Looks into the tensor's memory.
Result<data::Tensor> view_of(std::string name, const at::Tensor& tensor) {
  const auto format = format_of(tensor.scalar_type());
  if (!format) {
    return fail({"data/dtype",
                 fmt::format("{} are of type {}", name, at::toString(tensor.scalar_type())), name,
                 "convert them to float or int64"});
  }
  return data::Tensor{std::move(name),
                      *format,
                      {tensor.sizes().begin(), tensor.sizes().end()},
                      {static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()}};
}

}  // namespace

Result<neural::SharedSamples> tensor_samples(const at::Tensor& inputs, const at::Tensor& targets,
                                             const neural::TensorOptions& options) {
  const at::Tensor values = inputs.detach().cpu().contiguous();
  const at::Tensor wanted = targets.detach().cpu().contiguous();
  Result<data::Tensor> first = view_of("inputs", values);
  if (!first) return fail(std::move(first.error()));
  Result<data::Tensor> second = view_of("targets", wanted);
  if (!second) return fail(std::move(second.error()));
  return neural::make_tensor_samples(
      data::Safetensors("tensors", {}, {std::move(*first), std::move(*second)}, {}), options);
}

}  // namespace tailrace::torch
