#include <cstdio>
#include <tailrace/report/summary.hpp>
#include <tailrace/spec/prepare.hpp>

// The last folders, which link what the others do not: a TOML parser and a JSON writer.
int main() {
  const auto experiment = tailrace::spec::parse_experiment(R"(
    [problem]
    kind = "synthetic_logistic"
    [workers]
    count = 2
    [run]
    stop = { steps = 10 }
    [[method]]
    recipe = "async_sgd"
    step_size = 0.1
  )");
  if (!experiment) {
    std::fprintf(stderr, "%s\n", to_string(experiment.error()).c_str());
    return 1;
  }
  std::printf("%s\n", tailrace::report::summary_json({}).c_str());
}
