#include <ATen/TensorOperators.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/relu.h>

#include <cmath>
#include <optional>

#include "tailrace/torch/layers.hpp"
#include "tailrace/torch/models/make.hpp"

namespace tailrace::torch {
namespace {

/// Batch or group norm of (count, channels, height, width). With batch norm, training takes the
/// statistics of the batch and mixes them into the buffers; evaluations take the buffers.
class Norm {
 public:
  Norm(const Place& place, std::int64_t channels, const neural::ResNet18& model)
      : groups_(model.norm == neural::ImageNorm::group ? model.groups : 0),
        weight_(place.parameter("weight", {channels}, constant(1))),
        bias_(place.parameter("bias", {channels}, constant(0))) {
    if (groups_ != 0) return;
    mean_ = place.buffer("running_mean", {channels}, 0);
    variance_ = place.buffer("running_var", {channels}, 1);
  }

  at::Tensor operator()(const at::Tensor& x, bool training) const {
    constexpr double epsilon = 1e-5;
    constexpr double momentum = 0.1;
    if (groups_ != 0) return at::group_norm(x, groups_, weight_, bias_, epsilon);
    return at::batch_norm(x, weight_, bias_, mean_, variance_, training, momentum, epsilon, true);
  }

 private:
  std::int64_t groups_;  ///< 0: batch norm
  at::Tensor weight_;
  at::Tensor bias_;
  at::Tensor mean_;
  at::Tensor variance_;
};

/// Variance 2 / (outputs of a filter's places), which keeps the gradient's size through relu.
Convolution convolution(const Place& place, Convolution::Shape shape) {
  const double fan_out = static_cast<double>(shape.outputs * shape.side * shape.side);
  return {place, shape, normal(std::sqrt(2 / fan_out))};
}

class Block {
 public:
  Block(const Place& place, std::int64_t inputs, std::int64_t outputs, std::int64_t stride,
        const neural::ResNet18& model)
      : first_(convolution(
            place.inside("conv1"),
            {.inputs = inputs, .outputs = outputs, .side = 3, .stride = stride, .padding = 1})),
        first_norm_(place.inside("bn1"), outputs, model),
        second_(convolution(place.inside("conv2"),
                            {.inputs = outputs, .outputs = outputs, .side = 3, .padding = 1})),
        second_norm_(place.inside("bn2"), outputs, model) {
    if (stride == 1 && inputs == outputs) return;
    shortcut_ = convolution(place.inside("downsample", 0),
                            {.inputs = inputs, .outputs = outputs, .side = 1, .stride = stride});
    shortcut_norm_.emplace(place.inside("downsample", 1), outputs, model);
  }

  at::Tensor operator()(const at::Tensor& x, bool training) const {
    at::Tensor y = at::relu(first_norm_(first_(x), training));
    y = second_norm_(second_(y), training);
    return at::relu(y + (shortcut_ ? (*shortcut_norm_)((*shortcut_)(x), training) : x));
  }

 private:
  Convolution first_;
  Norm first_norm_;
  Convolution second_;
  Norm second_norm_;
  std::optional<Convolution> shortcut_;
  std::optional<Norm> shortcut_norm_;
};

class ResNet18 final : public ModelNetwork {
 public:
  ResNet18(const neural::ResNet18& model, const neural::TaskShape& task)
      : stem_(convolution(root().inside("conv1"),
                          {.inputs = static_cast<std::int64_t>(task.sample[0]),
                           .outputs = model.width,
                           .side = 3,
                           .padding = 1})),
        stem_norm_(root().inside("bn1"), model.width, model) {
    std::int64_t inputs = model.width;
    for (std::size_t stage = 1; stage <= 4; ++stage) {
      const Place place = root().inside("layer" + std::to_string(stage));
      const std::int64_t outputs = stage == 1 ? inputs : 2 * inputs;
      blocks_.emplace_back(place.inside("0"), inputs, outputs, stage == 1 ? 1 : 2, model);
      blocks_.emplace_back(place.inside("1"), outputs, outputs, 1, model);
      inputs = outputs;
    }
    outputs_.emplace(root().inside("fc"), inputs, static_cast<std::int64_t>(task.outputs));
  }

  at::Tensor forward(const Inputs& inputs) override {
    at::Tensor x = at::relu(stem_norm_(stem_(inputs.values), training()));
    for (const Block& block : blocks_) x = block(x, training());
    return (*outputs_)(x.mean({2, 3}));
  }

 private:
  Convolution stem_;
  Norm stem_norm_;
  std::vector<Block> blocks_;
  std::optional<Linear> outputs_;
};

}  // namespace

std::unique_ptr<Network> make(const neural::ResNet18& model, const neural::TaskShape& task) {
  return std::make_unique<ResNet18>(model, task);
}

}  // namespace tailrace::torch
