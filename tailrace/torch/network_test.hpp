#pragma once

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tailrace/neural/models.hpp"
#include "tailrace/torch/build_network.hpp"
#include "tailrace/torch/model_network.hpp"
#include "tailrace/torch/network.hpp"

namespace tailrace::torch {

/// A model small enough for finite differences, and a task for it.
struct SmallCase {
  std::string name;
  neural::Model model;
  neural::TaskShape task;
};

/// Dropout is 0 in all of them.
inline std::vector<SmallCase> small_cases() {
  using namespace neural;
  const TaskShape features{.sample = {2, 3}, .outputs = 4};
  const TaskShape images{.sample = {2, 16, 18}, .outputs = 3};
  const TaskShape tiny_images{.sample = {3, 8, 8}, .outputs = 3};
  const TaskShape sentences{.input = Input::tokens, .sample = {7}, .vocabulary = 11, .outputs = 3};
  const TaskShape text{.input = Input::tokens,
                       .sample = {7},
                       .vocabulary = 11,
                       .outputs = 11,
                       .loss = Loss::next_token};
  const Lstm lstm{.embedding = 3, .width = 5, .layers = 2, .dropout = 0};
  return {
      {"mlp", Mlp{.hidden = {5, 6}, .activation = Activation::relu}, features},
      {"mlp_gelu", Mlp{.hidden = {5}, .activation = Activation::gelu}, features},
      {"mlp_tanh", Mlp{.hidden = {5}, .activation = Activation::tanh}, features},
      {"linear", Mlp{.hidden = {}}, features},
      {"cnn", Cnn{.first = 3, .second = 4, .hidden = 5}, images},
      {"resnet18_batch", ResNet18{.width = 2}, images},
      {"resnet18_group", ResNet18{.width = 4, .norm = ImageNorm::group, .groups = 2}, images},
      {"lstm_text", lstm, text},
      {"lstm_sentences", lstm, sentences},
      {"vit", Vit{.patch = 4, .width = 6, .depth = 2, .heads = 2, .mlp_ratio = 2}, tiny_images},
      {"bert",
       Bert{.width = 6, .depth = 2, .heads = 2, .feed_forward = 8, .positions = 9, .dropout = 0},
       sentences},
      {"gpt", Gpt{.width = 6, .depth = 2, .heads = 2}, text},
  };
}

inline SmallCase small_case(const std::string& name) {
  for (const SmallCase& each : small_cases()) {
    if (each.name == name) return each;
  }
  ADD_FAILURE() << "no small case is called " << name;
  return {};
}

inline at::Generator generator(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }

/// An initialized network, in double.
inline std::unique_ptr<Network> double_network(const neural::Model& model,
                                               const neural::TaskShape& task) {
  auto built = build_network(model, task);
  if (!built) {
    ADD_FAILURE() << to_string(built.error());
    return nullptr;
  }
  std::unique_ptr<Network> network = std::move(*built);
  initialize(*network, 7);
  for (NamedTensor& each : network->parameters()) each.tensor.set_data(each.tensor.to(at::kDouble));
  for (NamedTensor& each : network->buffers()) each.tensor.set_data(each.tensor.to(at::kDouble));
  return network;
}

/// Random samples in double, without padding.
inline Inputs random_inputs(const neural::TaskShape& task, std::int64_t count,
                            std::uint64_t seed = 1) {
  Inputs inputs;
  std::vector<std::int64_t> shape = {count};
  for (const std::size_t extent : task.sample) shape.push_back(static_cast<std::int64_t>(extent));
  if (task.input == neural::Input::values) {
    inputs.values = at::randn(shape, generator(seed), at::kDouble);
  } else {
    inputs.tokens =
        at::randint(static_cast<std::int64_t>(task.vocabulary), shape, generator(seed), at::kLong);
  }
  return inputs;
}

inline bool same_bits(const at::Tensor& a, const at::Tensor& b) { return at::equal(a, b); }

/// The largest difference of two numbers in the same place.
inline double distance(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

}  // namespace tailrace::torch
