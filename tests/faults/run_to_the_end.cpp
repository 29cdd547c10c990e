#include <cinttypes>
#include <cstdio>
#include <string>
#include <string_view>

#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/engine/threads/run_threads.hpp"
#include "tests/faults/training.hpp"

/// run_to_the_end ENGINE FOLDER: trains, resuming from the folder if there is something to resume,
/// saves as often as it can (a disk may take milliseconds each time, hence few steps), and prints
/// the number of steps and the fingerprint of the final model. Made to be killed.
int main(int argc, char** argv) {
  using namespace tailrace;
  if (argc != 3) return 2;
  const std::string_view engine_name = argv[1];
  const std::string folder = argv[2];
  const auto problem = faults::training_problem();
  const policy::Method method = faults::training_method();
  const auto timing = delay::build_timing({.count = 12,
                                           .speed = delay::LinearSpeeds{},
                                           .delay = delay::Lognormal{},
                                           .outage = delay::Outage{}},
                                          {.seed = faults::training_seed});
  auto log = engine::RunLogWriter::open(folder + "/log", faults::training_fingerprint, true);
  if (!timing || !log) return 3;

  const engine::RunOptions options{.seed = faults::training_seed,
                                   .stop = {.steps = engine_name == "sim" ? 400U : 150U},
                                   .threads = 2,
                                   .checkpoint = {.path = folder + "/checkpoint",
                                                  .every_wall_seconds = 0,
                                                  .resume = true,
                                                  .fingerprint = faults::training_fingerprint},
                                   .log = &*log};
  const auto result = engine_name == "sim" ? engine::simulate(problem, method, **timing, options)
                                           : engine::run_threads(problem, method, nullptr, options);
  if (!result) {
    std::fputs(to_string(result.error()).c_str(), stderr);
    return 1;
  }
  std::printf("%" PRIu64 " steps, model %016" PRIx64 "\n", result->steps, result->model_hash);
}
