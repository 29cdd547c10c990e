#include <ATen/TensorOperators.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/tanh.h>

#include "tailrace/torch/attention.hpp"
#include "tailrace/torch/dropout.hpp"
#include "tailrace/torch/layers.hpp"
#include "tailrace/torch/models/make.hpp"
#include "tailrace/torch/transformer_block.hpp"

namespace tailrace::torch {
namespace {

constexpr double epsilon = 1e-12;
constexpr double deviation = 0.02;

Linear linear(const Place& place, std::int64_t inputs, std::int64_t outputs) {
  return {place, inputs, outputs, {.weight = normal(deviation), .bias = constant(0)}};
}

class Block {
 public:
  Block(const Place& place, const neural::BertShape& shape, double dropout)
      : heads_(shape.heads),
        dropout_(dropout),
        query_(linear(place.inside("attention.self.query"), shape.width, shape.width)),
        key_(linear(place.inside("attention.self.key"), shape.width, shape.width)),
        value_(linear(place.inside("attention.self.value"), shape.width, shape.width)),
        seen_(linear(place.inside("attention.output.dense"), shape.width, shape.width)),
        seen_norm_(place.inside("attention.output.LayerNorm"), shape.width, epsilon),
        up_(linear(place.inside("intermediate.dense"), shape.width, shape.feed_forward)),
        down_(linear(place.inside("output.dense"), shape.feed_forward, shape.width)),
        norm_(place.inside("output.LayerNorm"), shape.width, epsilon) {}

  at::Tensor operator()(const at::Tensor& z, const at::Tensor& mask, bool training) const {
    const auto dropped = [&](const at::Tensor& x) { return keyed_dropout(x, dropout_, training); };
    const at::Tensor seen = attend(split_heads(query_(z), key_(z), value_(z), heads_), mask,
                                   {.heads = heads_, .dropout = dropout_, .training = training});
    const at::Tensor y = seen_norm_(z + dropped(seen_(seen)));
    return norm_(y + dropped(down_(at::gelu(up_(y)))));
  }

 private:
  std::int64_t heads_;
  double dropout_;
  Linear query_;
  Linear key_;
  Linear value_;
  Linear seen_;
  LayerNorm seen_norm_;
  Linear up_;
  Linear down_;
  LayerNorm norm_;
};

class Bert final : public ModelNetwork {
 public:
  Bert(const neural::Bert& model, const neural::TaskShape& task)
      : shape_(model.shape()),
        dropout_(model.dropout),
        words_(embeddings().inside("word_embeddings"), static_cast<std::int64_t>(task.vocabulary),
               shape_.width, normal(deviation)),
        positions_(embeddings().inside("position_embeddings"), model.positions, shape_.width,
                   normal(deviation)),
        segments_(embeddings().inside("token_type_embeddings"), 2, shape_.width, normal(deviation)),
        norm_(embeddings().inside("LayerNorm"), shape_.width, epsilon),
        blocks_(
            stack<Block>(root().inside("bert.encoder"), "layer", shape_.depth, shape_, dropout_)),
        pooler_(linear(root().inside("bert.pooler.dense"), shape_.width, shape_.width)),
        classifier_(linear(root().inside("classifier"), shape_.width,
                           static_cast<std::int64_t>(task.outputs))) {}

  at::Tensor forward(const Inputs& inputs) override {
    const std::int64_t length = inputs.tokens.size(1);
    const at::Tensor segments =
        inputs.segments.defined() ? segments_(inputs.segments) : segments_.weight().select(0, 0);
    at::Tensor z = words_(inputs.tokens) + positions_.weight().narrow(0, 0, length) + segments;
    z = keyed_dropout(norm_(z), dropout_, training());
    at::Tensor mask;
    if (inputs.lengths.defined()) mask = padding_mask(inputs.lengths, length, shape_.heads, z);
    for (const Block& block : blocks_) z = block(z, mask, training());
    const at::Tensor summary = at::tanh(pooler_(z.select(1, 0)));
    return classifier_(keyed_dropout(summary, dropout_, training()));
  }

 private:
  [[nodiscard]] Place embeddings() { return root().inside("bert.embeddings"); }

  neural::BertShape shape_;
  double dropout_;
  Embedding words_;
  Embedding positions_;
  Embedding segments_;
  LayerNorm norm_;
  std::vector<Block> blocks_;
  Linear pooler_;
  Linear classifier_;
};

}  // namespace

std::unique_ptr<Network> make(const neural::Bert& model, const neural::TaskShape& task) {
  return std::make_unique<Bert>(model, task);
}

}  // namespace tailrace::torch
