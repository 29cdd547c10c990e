/// A LibTorch module of one's own, with data of one's own, trained by 16 workers of which half are
/// eight times slower: asynchronously with clipping, and waiting for everybody.

#include <fmt/core.h>
#include <torch/torch.h>

#include <tailrace/tailrace.hpp>
#include <tailrace/torch/module_problem.hpp>
#include <tailrace/torch/tensor_samples.hpp>

struct Net : torch::nn::Module {
  torch::Tensor forward(const torch::Tensor& x) { return last(torch::tanh(first(x))); }

  torch::nn::Linear first = register_module("first", torch::nn::Linear(2, 64));
  torch::nn::Linear last = register_module("last", torch::nn::Linear(64, 2));
};

/// Points in the plane: class 1 inside a ring, 0 elsewhere.
tailrace::neural::SharedSamples ring(std::int64_t count) {
  const torch::Tensor points = 1.5 * torch::randn({count, 2});
  const torch::Tensor radius = points.norm(2, 1);
  const torch::Tensor inside = radius.gt(1).logical_and(radius.lt(3)).to(torch::kLong);
  return *tailrace::torch::tensor_samples(points, inside);
}

int main() {
  using tailrace::engine::RunOptions;
  torch::manual_seed(1);
  const auto problem = tailrace::torch::make_module_problem(
      [] { return std::make_shared<Net>(); },
      {.train = ring(4000), .test = ring(1000), .learning = {.batch = 32}, .title = "net"},
      {.workers = 16, .seed = 1});
  if (!problem) {
    fmt::print(stderr, "{}\n", to_string(problem.error()));
    return 1;
  }

  using tailrace::policy::ConstantStep;
  const std::pair<const char*, tailrace::policy::Method> methods[] = {
      {"clipped asynchronous SGD",
       tailrace::recipe::ClippedAsyncSgd{.step_size = ConstantStep{0.1}, .threshold = 0.3}
           .method()},
      {"mini-batch SGD", tailrace::recipe::MinibatchSgd{.step_size = ConstantStep{0.3}}.method()}};
  for (const auto& [name, method] : methods) {
    const auto timing = tailrace::delay::build_timing(
        {.count = 16, .speed = tailrace::delay::TwoSpeeds{.slowdown = 8}}, {.seed = 1});
    const auto result = tailrace::engine::simulate(
        **problem, method, **timing,
        RunOptions{.stop = {.time = tailrace::Time::from_seconds(400)}, .threads = 2});
    fmt::print("{}: {}\n\n", name, result->summary());
  }
}
