#include <cstdio>
#include <tailrace/tailrace.hpp>

// Ten steps of asynchronous SGD, with nothing but the library.
int main() {
  using namespace tailrace;
  const auto problem = problem::SyntheticLogistic{}.build({.workers = 2, .seed = 1});
  const auto timing =
      delay::build_timing({.count = 2}, {.seed = 1, .dimension = (*problem)->dimension()});
  engine::RunOptions options;
  options.stop.steps = 10;
  const auto result =
      engine::simulate(**problem, recipe::ClippedAsyncSgd{}.method(), **timing, options);
  if (!result) {
    std::fprintf(stderr, "%s\n", to_string(result.error()).c_str());
    return 1;
  }
  std::printf("%s\n", result->summary().c_str());
}
