#pragma once

#include <torch/nn/module.h>

#include <concepts>
#include <memory>
#include <utility>
#include <vector>

#include "tailrace/torch/named_tensors.hpp"
#include "tailrace/torch/network.hpp"

namespace tailrace::torch {

/// What Tailrace can train: a LibTorch module with forward(Inputs), or with forward(Tensor) that
/// takes the values or tokens alone.
template <class M>
concept TrainableModule = std::derived_from<M, ::torch::nn::Module> &&(
    requires(M& module, const Inputs& inputs) {
      { module.forward(inputs) } -> std::convertible_to<at::Tensor>;
    } ||
    requires(M & module, const at::Tensor& data) {
      { module.forward(data) } -> std::convertible_to<at::Tensor>;
    });

struct ModuleOptions {
  bool draws_globally = false;  ///< see Network::draws_globally()
};

/// A module of your own as a network. Parameters that need no gradient are buffers here: they stay
/// as they are. Modules with dropout of LibTorch's draw from its one generator: say so.
template <TrainableModule M>
class ModuleNetwork final : public Network {
 public:
  explicit ModuleNetwork(std::shared_ptr<M> module, ModuleOptions options = {})
      : module_(std::move(module)), options_(options) {
    for (const auto& named : module_->named_parameters()) {
      (named.value().requires_grad() ? parameters_ : buffers_)
          .push_back({named.key(), named.value()});
    }
    for (const auto& named : module_->named_buffers()) {
      buffers_.push_back({named.key(), named.value()});
    }
    parameters_ = without_repeats(std::move(parameters_));
    buffers_ = without_repeats(std::move(buffers_));
  }

  std::vector<NamedTensor> parameters() const override { return parameters_; }
  std::vector<NamedTensor> buffers() const override { return buffers_; }
  void train(bool on) override { module_->train(on); }
  bool draws_globally() const override { return options_.draws_globally; }

  at::Tensor forward(const Inputs& inputs) override {
    if constexpr (requires { module_->forward(inputs); }) {
      return module_->forward(inputs);
    } else {
      return module_->forward(inputs.tokens.defined() ? inputs.tokens : inputs.values);
    }
  }

 private:
  std::shared_ptr<M> module_;
  ModuleOptions options_;
  std::vector<NamedTensor> parameters_;
  std::vector<NamedTensor> buffers_;
};

/// make_network(std::make_shared<MyModule>())
template <TrainableModule M>
[[nodiscard]] std::unique_ptr<Network> make_network(std::shared_ptr<M> module,
                                                    ModuleOptions options = {}) {
  return std::make_unique<ModuleNetwork<M>>(std::move(module), options);
}

}  // namespace tailrace::torch
