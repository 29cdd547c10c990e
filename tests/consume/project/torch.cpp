#include <ATen/ATen.h>

#include <cstdio>
#include <tailrace/tailrace.hpp>
#include <tailrace/torch/model_problem.hpp>
#include <tailrace/torch/tensor_samples.hpp>

// Ten steps of a small network of Tailrace's own, linked in and not loaded.
int main() {
  using namespace tailrace;
  const auto samples = tailrace::torch::tensor_samples(at::rand({20, 3}), at::arange(20) % 2);
  auto course = neural::make_course({.batch = 4}, *samples, nullptr, neural::Score::none, 2, 1);
  const auto problem = tailrace::torch::make_model_problem(
      {.model = neural::Mlp{.hidden = {8}}, .course = std::move(*course)});
  if (!problem) {
    std::fprintf(stderr, "%s\n", to_string(problem.error()).c_str());
    return 1;
  }
  const auto timing =
      delay::build_timing({.count = 2}, {.seed = 1, .dimension = (*problem)->dimension()});
  engine::RunOptions options;
  options.stop.steps = 10;
  const auto result =
      engine::simulate(**problem, recipe::ClippedAsyncSgd{}.method(), **timing, options);
  std::printf("%s\n", result->summary().c_str());
  return result->steps == 10 ? 0 : 1;
}
