#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>

#include "tailrace/torch/attention.hpp"
#include "tailrace/torch/dropout.hpp"
#include "tailrace/torch/layers.hpp"
#include "tailrace/torch/models/make.hpp"

namespace tailrace::torch {
namespace {

constexpr double epsilon = 1e-6;
constexpr double deviation = 0.02;

Linear linear(const Place& place, std::int64_t inputs, std::int64_t outputs) {
  return {place, inputs, outputs, {.weight = normal(deviation), .bias = constant(0)}};
}

class Block {
 public:
  Block(const Place& place, const neural::Vit& model)
      : heads_(model.heads),
        dropout_(model.dropout),
        norm1_(place.inside("norm1"), model.width, epsilon),
        qkv_(linear(place.inside("attn.qkv"), model.width, 3 * model.width)),
        projection_(linear(place.inside("attn.proj"), model.width, model.width)),
        norm2_(place.inside("norm2"), model.width, epsilon),
        up_(linear(place.inside("mlp.fc1"), model.width, mlp_width(model))),
        down_(linear(place.inside("mlp.fc2"), mlp_width(model), model.width)) {}

  at::Tensor operator()(const at::Tensor& z, bool training) const {
    const auto dropped = [&](const at::Tensor& x) { return keyed_dropout(x, dropout_, training); };
    const at::Tensor seen = attend(split_heads(qkv_(norm1_(z)), heads_), {}, {.heads = heads_});
    const at::Tensor y = z + dropped(projection_(seen));
    return y + dropped(down_(dropped(at::gelu(up_(norm2_(y))))));
  }

 private:
  static std::int64_t mlp_width(const neural::Vit& model) {
    return static_cast<std::int64_t>(model.mlp_width());
  }

  std::int64_t heads_;
  double dropout_;
  LayerNorm norm1_;
  Linear qkv_;
  Linear projection_;
  LayerNorm norm2_;
  Linear up_;
  Linear down_;
};

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
        blocks_(make_blocks(root(), model)),
        norm_(root().inside("norm"), width_, epsilon),
        head_(linear(root().inside("head"), width_, static_cast<std::int64_t>(task.outputs))) {}

  at::Tensor forward(const Inputs& inputs) override {
    const at::Tensor patches = patches_(inputs.values).flatten(2).transpose(1, 2);
    const at::Tensor first = class_token_.expand({patches.size(0), 1, width_});
    at::Tensor z = keyed_dropout(at::cat({first, patches}, 1) + positions_, dropout_, training());
    for (const Block& block : blocks_) z = block(z, training());
    return head_(norm_(z.select(1, 0)));
  }

 private:
  static std::int64_t patches(const neural::Vit& model, const neural::TaskShape& task) {
    return static_cast<std::int64_t>((task.sample[1] / model.patch) *
                                     (task.sample[2] / model.patch));
  }
  static std::vector<Block> make_blocks(const Place& place, const neural::Vit& model) {
    std::vector<Block> blocks;
    for (std::size_t k = 0; k < model.depth; ++k) {
      blocks.emplace_back(place.inside("blocks", k), model);
    }
    return blocks;
  }

  std::int64_t width_;
  double dropout_;
  at::Tensor class_token_;
  at::Tensor positions_;
  Convolution patches_;
  std::vector<Block> blocks_;
  LayerNorm norm_;
  Linear head_;
};

}  // namespace

std::unique_ptr<Network> make(const neural::Vit& model, const neural::TaskShape& task) {
  return std::make_unique<Vit>(model, task);
}

}  // namespace tailrace::torch
