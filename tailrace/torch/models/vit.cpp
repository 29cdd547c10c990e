#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

#include "tailrace/torch/dropout.hpp"
#include "tailrace/torch/layers.hpp"
#include "tailrace/torch/models/make.hpp"
#include "tailrace/torch/transformer_block.hpp"

namespace tailrace::torch {
namespace {

constexpr double epsilon = 1e-6;
constexpr double deviation = 0.02;

Linear linear(const Place& place, std::int64_t inputs, std::int64_t outputs) {
  return {place, inputs, outputs, {.weight = normal(deviation), .bias = constant(0)}};
}

BlockShape shape_of(const neural::Vit& model) {
  return {.names = {"norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2"},
          .width = model.width,
          .heads = model.heads,
          .mlp_width = static_cast<std::int64_t>(model.mlp_width()),
          .epsilon = epsilon,
          .deviation = deviation,
          .branch_deviation = deviation,
          .dropout = model.dropout,
          .hidden_dropout = model.dropout};
}

class Vit final : public ModelNetwork {
 public:
  Vit(const neural::Vit& model, const neural::TaskShape& task)
      : width_(model.width),
        dropout_(model.dropout),
        class_token_(root().parameter("cls_token", {1, 1, width_}, normal(deviation))),
        positions_(root().parameter("pos_embed", {1, 1 + patches(model, task), width_},
                                    normal(deviation))),
        patches_(root().inside("patch_embed.proj"),
                 {.inputs = static_cast<std::int64_t>(task.sample[0]),
                  .outputs = width_,
                  .side = model.patch,
                  .stride = model.patch}),
        blocks_(stack<TransformerBlock>(root(), "blocks", model.depth, shape_of(model))),
        norm_(root().inside("norm"), width_, epsilon),
        head_(linear(root().inside("head"), width_, static_cast<std::int64_t>(task.outputs))) {}

  at::Tensor forward(const Inputs& inputs) override {
    const at::Tensor patches = patches_(inputs.values).flatten(2).transpose(1, 2);
    const at::Tensor first = class_token_.expand({patches.size(0), 1, width_});
    at::Tensor z = keyed_dropout(at::cat({first, patches}, 1) + positions_, dropout_, training());
    for (const TransformerBlock& block : blocks_) z = block(z, {}, training());
    return head_(norm_(z.select(1, 0)));
  }

 private:
  static std::int64_t patches(const neural::Vit& model, const neural::TaskShape& task) {
    return static_cast<std::int64_t>((task.sample[1] / model.patch) *
                                     (task.sample[2] / model.patch));
  }

  std::int64_t width_;
  double dropout_;
  at::Tensor class_token_;
  at::Tensor positions_;
  Convolution patches_;
  std::vector<TransformerBlock> blocks_;
  LayerNorm norm_;
  Linear head_;
};

}  // namespace

std::unique_ptr<Network> make(const neural::Vit& model, const neural::TaskShape& task) {
  return std::make_unique<Vit>(model, task);
}

}  // namespace tailrace::torch
