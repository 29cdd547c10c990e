/// The claim of experiments/asgrad with all five seeds, at three of the ten step sizes, among them
/// the best of each method.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tailrace/data/locate.hpp"
#include "tailrace/delay/workers.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/spec/prepare.hpp"

namespace tailrace {
namespace {

double final_gradient_norm(const spec::Prepared& prepared, const spec::MethodSpec& method,
                           std::size_t seed_index) {
  engine::RunOptions options;
  options.seed = prepared.experiment.run.seeds[seed_index];
  options.stop = prepared.experiment.run.stop;
  const problem::Problem& problem = *prepared.problems[seed_index];
  const auto timing = delay::build_timing(prepared.experiment.workers,
                                          {.seed = options.seed, .dimension = problem.dimension()});
  const auto result = engine::simulate(problem, method.method(), **timing, options);
  return result->samples.back().evaluation.gradient_norm;
}

/// For each method the smallest final gradient norm over its step sizes, the median over the seeds.
std::map<std::string, double> best_gradient_norms(const std::string& file) {
  const std::string path = std::string(TAILRACE_SOURCE_DIR) + "/experiments/asgrad/" + file;
  std::vector<spec::Override> overrides;
  for (const std::string method : {"pure", "random", "shuffled"}) {
    overrides.push_back(
        *spec::parse_set("method." + method + ".grid.step_size=[0.015625, 0.0078125, 0.00390625]"));
  }
  const auto prepared = spec::prepare(path, overrides);
  EXPECT_TRUE(prepared) << to_string(prepared.error());
  std::map<std::string, double> best;
  for (const spec::MethodSpec& method : prepared->experiment.methods) {
    std::vector<double> norms;
    for (std::size_t i = 0; i < prepared->problems.size(); ++i) {
      norms.push_back(final_gradient_norm(*prepared, method, i));
    }
    std::sort(norms.begin(), norms.end());
    const double median = norms[norms.size() / 2];
    const auto [entry, fresh] = best.emplace(method.group, median);
    if (!fresh) entry->second = std::min(entry->second, median);
  }
  return best;
}

bool a9a_is_here() { return data::locate("a9a").has_value(); }

class AsGrad : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string shared = std::string(TAILRACE_SOURCE_DIR) + "/../shared/data";
    if (std::filesystem::exists(shared)) ::setenv("TAILRACE_DATA", shared.c_str(), 0);
    if (!a9a_is_here())
      GTEST_SKIP() << "a9a is not here; set TAILRACE_DATA to the folder that has it";
  }
};

// The paper orders the three; the factors leave room for what two seeds cannot settle (see
// README.md there).
TEST_P(AsGrad, RandomBeatsPureAndShuffledBeatsRandomAtEqualSteps) {
  std::map<std::string, double> best = best_gradient_norms(GetParam());

  EXPECT_LT(best["random"], 0.55 * best["pure"]);
  EXPECT_LT(best["shuffled"], 0.7 * best["random"]);
}

INSTANTIATE_TEST_SUITE_P(A9a, AsGrad, testing::Values("contiguous.toml", "sorted.toml"),
                         [](const auto& test) {
                           const std::string name = test.param;
                           return name.substr(0, name.find('.'));
                         });

}  // namespace
}  // namespace tailrace
