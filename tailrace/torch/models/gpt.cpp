#include <ATen/TensorOperators.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>

#include <cmath>

#include "tailrace/torch/attention.hpp"
#include "tailrace/torch/dropout.hpp"
#include "tailrace/torch/layers.hpp"
#include "tailrace/torch/models/make.hpp"

namespace tailrace::torch {
namespace {

constexpr double epsilon = 1e-5;
constexpr double deviation = 0.02;

Linear linear(const Place& place, std::int64_t inputs, std::int64_t outputs, double of_weight) {
  return {place, inputs, outputs, {.weight = normal(of_weight), .bias = constant(0)}};
}

/// Of a layer that ends a branch: 2 depth branches add up to a variance that does not grow.
double branch_deviation(const neural::Gpt& model) {
  return deviation / std::sqrt(2.0 * model.depth);
}

class Block {
 public:
  Block(const Place& place, const neural::Gpt& model)
      : heads_(model.heads),
        dropout_(model.dropout),
        norm1_(place.inside("ln_1"), model.width, epsilon),
        qkv_(linear(place.inside("attn.c_attn"), model.width, 3 * model.width, deviation)),
        projection_(
            linear(place.inside("attn.c_proj"), model.width, model.width, branch_deviation(model))),
        norm2_(place.inside("ln_2"), model.width, epsilon),
        up_(linear(place.inside("mlp.c_fc"), model.width, 4 * model.width, deviation)),
        down_(linear(place.inside("mlp.c_proj"), 4 * model.width, model.width,
                     branch_deviation(model))) {}

  at::Tensor operator()(const at::Tensor& z, const at::Tensor& mask, bool training) const {
    const auto dropped = [&](const at::Tensor& x) { return keyed_dropout(x, dropout_, training); };
    const at::Tensor seen = attend(split_heads(qkv_(norm1_(z)), heads_), mask,
                                   {.heads = heads_, .dropout = dropout_, .training = training});
    const at::Tensor y = z + dropped(projection_(seen));
    return y + dropped(down_(at::gelu(up_(norm2_(y)), "tanh")));
  }

 private:
  std::int64_t heads_;
  double dropout_;
  LayerNorm norm1_;
  Linear qkv_;
  Linear projection_;
  LayerNorm norm2_;
  Linear up_;
  Linear down_;
};

class Gpt final : public ModelNetwork {
 public:
  Gpt(const neural::Gpt& model, const neural::TaskShape& task)
      : dropout_(model.dropout),
        words_(root().inside("transformer.wte"), static_cast<std::int64_t>(task.vocabulary),
               model.width, normal(deviation)),
        positions_(root().inside("transformer.wpe"), static_cast<std::int64_t>(task.sample[0]),
                   model.width, normal(deviation)),
        blocks_(make_blocks(root().inside("transformer"), model)),
        norm_(root().inside("transformer.ln_f"), model.width, epsilon) {}

  // Padding comes last and nobody looks ahead, so that lengths need no mask.
  at::Tensor forward(const Inputs& inputs) override {
    const std::int64_t length = inputs.tokens.size(1);
    const at::Tensor positions = positions_.weight().narrow(0, 0, length);
    at::Tensor z = keyed_dropout(words_(inputs.tokens) + positions, dropout_, training());
    const at::Tensor mask = causal_mask(length, z.detach());
    for (const Block& block : blocks_) z = block(z, mask, training());
    return at::linear(norm_(z), words_.weight());
  }

 private:
  static std::vector<Block> make_blocks(const Place& place, const neural::Gpt& model) {
    std::vector<Block> blocks;
    for (std::size_t k = 0; k < model.depth; ++k) blocks.emplace_back(place.inside("h", k), model);
    return blocks;
  }

  double dropout_;
  Embedding words_;
  Embedding positions_;
  std::vector<Block> blocks_;
  LayerNorm norm_;
};

}  // namespace

std::unique_ptr<Network> make(const neural::Gpt& model, const neural::TaskShape& task) {
  return std::make_unique<Gpt>(model, task);
}

}  // namespace tailrace::torch
