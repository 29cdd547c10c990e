#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>

#include <cmath>

#include "tailrace/torch/attention.hpp"
#include "tailrace/torch/dropout.hpp"
#include "tailrace/torch/layers.hpp"
#include "tailrace/torch/models/make.hpp"
#include "tailrace/torch/transformer_block.hpp"

namespace tailrace::torch {
namespace {

constexpr double epsilon = 1e-5;
constexpr double deviation = 0.02;

BlockShape shape_of(const neural::Gpt& model) {
  return {.names = {"ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj"},
          .width = model.width,
          .heads = model.heads,
          .mlp_width = 4 * std::int64_t{model.width},
          .epsilon = epsilon,
          .deviation = deviation,
          // 2 depth branches add up to a variance that does not grow.
          .branch_deviation = deviation / std::sqrt(2.0 * model.depth),
          .dropout = model.dropout,
          .attention_dropout = model.dropout,
          .gelu = "tanh"};
}

class Gpt final : public ModelNetwork {
 public:
  Gpt(const neural::Gpt& model, const neural::TaskShape& task)
      : dropout_(model.dropout),
        words_(root().inside("transformer.wte"), static_cast<std::int64_t>(task.vocabulary),
               model.width, normal(deviation)),
        positions_(root().inside("transformer.wpe"), static_cast<std::int64_t>(task.sample[0]),
                   model.width, normal(deviation)),
        blocks_(stack<TransformerBlock>(root().inside("transformer"), "h", model.depth,
                                        shape_of(model))),
        norm_(root().inside("transformer.ln_f"), model.width, epsilon) {}

  // Padding comes last and nobody looks ahead, so that lengths need no mask.
  at::Tensor forward(const Inputs& inputs) override {
    const std::int64_t length = inputs.tokens.size(1);
    const at::Tensor positions = positions_.weight().narrow(0, 0, length);
    at::Tensor z = keyed_dropout(words_(inputs.tokens) + positions, dropout_, training());
    const at::Tensor mask = causal_mask(length, z.detach());
    for (const TransformerBlock& block : blocks_) z = block(z, mask, training());
    return at::linear(norm_(z), words_.weight());
  }

 private:
  double dropout_;
  Embedding words_;
  Embedding positions_;
  std::vector<TransformerBlock> blocks_;
  LayerNorm norm_;
};

}  // namespace

std::unique_ptr<Network> make(const neural::Gpt& model, const neural::TaskShape& task) {
  return std::make_unique<Gpt>(model, task);
}

}  // namespace tailrace::torch
