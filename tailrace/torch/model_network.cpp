#include "tailrace/torch/model_network.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

#include "tailrace/core/distributions.hpp"
#include "tailrace/core/random.hpp"

namespace tailrace::torch {
namespace {

void draw(const Initial& initial, Stream& stream, std::span<double> out) {
  switch (initial.law) {
    case Initial::Law::constant:
      std::ranges::fill(out, initial.scale);
      return;
    case Initial::Law::uniform:
      for (double& x : out) x = initial.scale * (2 * stream.uniform() - 1);
      return;
    case Initial::Law::normal:
      fill_standard_normal(stream, out);
      for (double& x : out) x *= initial.scale;
      return;
  }
}

/// In blocks: the draws of a large embedding are not held in double all at once.
void fill(const at::Tensor& parameter, const Initial& initial, Stream stream) {
  std::array<double, 4096> block;
  const at::Tensor flat = parameter.detach().view({-1});
  const std::int64_t size = flat.numel();
  for (std::int64_t begin = 0; begin < size;) {
    const std::int64_t count = std::min<std::int64_t>(size - begin, block.size());
    draw(initial, stream, std::span(block).first(static_cast<std::size_t>(count)));
    flat.narrow(0, begin, count).copy_(at::from_blob(block.data(), {count}, at::kDouble));
    begin += count;
  }
}

}  // namespace

Initial uniform_by_inputs(std::int64_t inputs) {
  return {Initial::Law::uniform, 1 / std::sqrt(static_cast<double>(inputs))};
}

void ModelNetwork::initialize(std::uint64_t seed) {
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    fill(parameters_[k].tensor, initials_[k], Stream(seed, Purpose::start, 0, k));
  }
}

std::string Place::full(std::string_view name) const {
  return prefix_.empty() ? std::string(name) : fmt::format("{}.{}", prefix_, name);
}

Place Place::inside(std::string_view name) const { return {network_, full(name)}; }

Place Place::inside(std::string_view name, std::size_t number) const {
  return {network_, full(fmt::format("{}.{}", name, number))};
}

at::Tensor Place::parameter(std::string_view name, const std::vector<std::int64_t>& shape,
                            Initial initial) const {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  tensor.set_requires_grad(true);
  network_.parameters_.push_back({full(name), tensor});
  network_.initials_.push_back(initial);
  return tensor;
}

at::Tensor Place::buffer(std::string_view name, const std::vector<std::int64_t>& shape,
                         double value) const {
  at::Tensor tensor = at::full(shape, value, at::kFloat);
  network_.buffers_.push_back({full(name), tensor});
  return tensor;
}

void initialize(Network& network, std::uint64_t seed) {
  if (auto* ours = dynamic_cast<ModelNetwork*>(&network)) ours->initialize(seed);
}

}  // namespace tailrace::torch
