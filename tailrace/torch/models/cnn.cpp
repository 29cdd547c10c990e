#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>

#include "tailrace/torch/layers.hpp"
#include "tailrace/torch/models/make.hpp"

namespace tailrace::torch {
namespace {

constexpr std::int64_t side = 5;

/// A side of an image behind a convolution without padding and a 2x2 pool.
std::int64_t pooled(std::int64_t pixels) { return (pixels - (side - 1)) / 2; }

at::Tensor pool(const at::Tensor& x) { return at::max_pool2d(x, 2); }

class Cnn final : public ModelNetwork {
 public:
  Cnn(const neural::Cnn& model, const neural::TaskShape& task)
      : first_(root().inside("conv1"), {.inputs = static_cast<std::int64_t>(task.sample[0]),
                                        .outputs = model.first,
                                        .side = side}),
        second_(root().inside("conv2"),
                {.inputs = model.first, .outputs = model.second, .side = side}),
        hidden_(root().inside("fc1"), model.second * places(task), model.hidden),
        outputs_(root().inside("fc2"), model.hidden, static_cast<std::int64_t>(task.outputs)) {}

  at::Tensor forward(const Inputs& inputs) override {
    // The maximum of four numbers is positive where one of them is: relu may come after the pool,
    // where it has a quarter of the work.
    const at::Tensor x = at::relu(pool(second_(at::relu(pool(first_(inputs.values))))));
    return outputs_(at::relu(hidden_(x.flatten(1))));
  }

 private:
  static std::int64_t places(const neural::TaskShape& task) {
    return pooled(pooled(static_cast<std::int64_t>(task.sample[1]))) *
           pooled(pooled(static_cast<std::int64_t>(task.sample[2])));
  }

  Convolution first_;
  Convolution second_;
  Linear hidden_;
  Linear outputs_;
};

}  // namespace

std::unique_ptr<Network> make(const neural::Cnn& model, const neural::TaskShape& task) {
  return std::make_unique<Cnn>(model, task);
}

}  // namespace tailrace::torch
