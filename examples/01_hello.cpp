/// Trains one problem with two methods in virtual time, half of the workers eight times slower, and
/// prints who is where after 100 virtual seconds. Next: 02_own_transform.cpp.

#include <fmt/core.h>

#include <cstdio>
#include <tailrace/tailrace.hpp>

int main() {
  using namespace tailrace;

  const auto problem =
      problem::SyntheticLogistic{.noise = problem::Pareto{.tail_index = 1.5}}.build(
          {.workers = 16, .seed = 1});
  if (!problem) {
    fmt::print(stderr, "{}\n", to_string(problem.error()));
    return 1;
  }

  const std::pair<const char*, policy::Method> methods[] = {
      {"mini-batch SGD", recipe::MinibatchSgd{.step_size = policy::ConstantStep{0.1}}.method()},
      {"clipped asynchronous SGD",
       recipe::ClippedAsyncSgd{.step_size = policy::ConstantStep{0.1}, .threshold = 1}.method()},
  };
  for (const auto& [name, method] : methods) {
    const auto timing = delay::build_timing(
        {.count = 16, .speed = delay::TwoSpeeds{.slowdown = 8}, .delay = delay::Exponential{}},
        {.seed = 1, .dimension = (*problem)->dimension()});
    engine::RunOptions options;
    options.stop.time = Time::from_seconds(100);
    const auto result = engine::simulate(**problem, method, **timing, options);
    fmt::print("{}: {}\n\n", name, result->summary());
  }
}
