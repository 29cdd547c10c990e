#include <ATen/TensorOperators.h>
#include <ATen/ops/lstm.h>
#include <ATen/ops/zeros.h>

#include <tuple>

#include "tailrace/torch/dropout.hpp"
#include "tailrace/torch/layers.hpp"
#include "tailrace/torch/models/make.hpp"

namespace tailrace::torch {
namespace {

/// (count, length, inputs) -> (count, length, width), from h = c = 0.
class Layer {
 public:
  Layer(const Place& place, std::int64_t number, std::int64_t inputs, std::int64_t width)
      : width_(width) {
    const Initial start = uniform_by_inputs(width);
    const auto add = [&](std::string_view name, std::vector<std::int64_t> shape) {
      weights_.push_back(
          place.parameter(std::string(name) + std::to_string(number), std::move(shape), start));
    };
    add("weight_ih_l", {4 * width, inputs});
    add("weight_hh_l", {4 * width, width});
    add("bias_ih_l", {4 * width});
    add("bias_hh_l", {4 * width});
  }

  at::Tensor operator()(const at::Tensor& x) const {
    const at::Tensor zeros = at::zeros({1, x.size(0), width_}, x.options());
    return std::get<0>(at::lstm(x, {zeros, zeros}, weights_, true, 1, 0, false, false, true));
  }

 private:
  std::int64_t width_;
  std::vector<at::Tensor> weights_;
};

class Lstm final : public ModelNetwork {
 public:
  Lstm(const neural::Lstm& model, const neural::TaskShape& task)
      : every_token_(task.loss == neural::Loss::next_token),
        dropout_(model.dropout),
        embedding_(root().inside("embedding"), static_cast<std::int64_t>(task.vocabulary),
                   model.embedding, normal(1)),
        layers_(make_layers(root().inside("lstm"), model)),
        outputs_(root().inside("decoder"), model.width, static_cast<std::int64_t>(task.outputs)) {}

  at::Tensor forward(const Inputs& inputs) override {
    at::Tensor x = dropped(embedding_(inputs.tokens));
    // One layer at a time: between layers LibTorch would draw from its own generator.
    for (const Layer& layer : layers_) x = dropped(layer(x));
    return outputs_(every_token_ ? x : at_last_token(x, inputs.lengths));
  }

 private:
  static std::vector<Layer> make_layers(const Place& place, const neural::Lstm& model) {
    std::vector<Layer> layers;
    std::int64_t inputs = model.embedding;
    for (std::int64_t k = 0; k < model.layers; ++k) {
      layers.emplace_back(place, k, inputs, model.width);
      inputs = model.width;
    }
    return layers;
  }

  [[nodiscard]] at::Tensor dropped(const at::Tensor& x) const {
    return keyed_dropout(x, dropout_, training());
  }

  static at::Tensor at_last_token(const at::Tensor& x, const at::Tensor& lengths) {
    if (!lengths.defined()) return x.select(1, x.size(1) - 1);
    const at::Tensor last = (lengths - 1).clamp_min(0).view({-1, 1, 1}).expand({-1, 1, x.size(2)});
    return x.gather(1, last).squeeze(1);
  }

  bool every_token_;
  double dropout_;
  Embedding embedding_;
  std::vector<Layer> layers_;
  Linear outputs_;
};

}  // namespace

std::unique_ptr<Network> make(const neural::Lstm& model, const neural::TaskShape& task) {
  return std::make_unique<Lstm>(model, task);
}

}  // namespace tailrace::torch
