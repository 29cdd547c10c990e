#include <functional>
#include <numeric>

#include "tailrace/torch/layers.hpp"
#include "tailrace/torch/models/make.hpp"

namespace tailrace::torch {
namespace {

class Mlp final : public ModelNetwork {
 public:
  Mlp(const neural::Mlp& model, const neural::TaskShape& task) : activation_(model.activation) {
    std::int64_t inputs = std::accumulate(task.sample.begin(), task.sample.end(), std::int64_t{1},
                                          std::multiplies<>());
    for (std::size_t k = 0; k < model.hidden.size(); ++k) {
      layers_.emplace_back(root().inside("layers", k), inputs, model.hidden[k]);
      inputs = model.hidden[k];
    }
    layers_.emplace_back(root().inside("layers", model.hidden.size()), inputs,
                         static_cast<std::int64_t>(task.outputs));
  }

  at::Tensor forward(const Inputs& inputs) override {
    at::Tensor x = layers_.front()(inputs.values.flatten(1));
    for (std::size_t k = 1; k < layers_.size(); ++k) x = layers_[k](activate(x, activation_));
    return x;
  }

 private:
  neural::Activation activation_;
  std::vector<Linear> layers_;
};

}  // namespace

std::unique_ptr<Network> make(const neural::Mlp& model, const neural::TaskShape& task) {
  return std::make_unique<Mlp>(model, task);
}

}  // namespace tailrace::torch
