/// What experiments/clipped_stragglers says about its LSTM, at a few points of the grids and with
/// two seeds.

#include <gtest/gtest.h>

#include <algorithm>

#include "experiments/support/neural_test.hpp"

namespace tailrace::experiments {
namespace {

using ClippedStragglersClaim = NeuralClaim;

// Measured with three seeds: see README.md there. The factor leaves room for what two cannot
// settle.
TEST_F(ClippedStragglersClaim, ArriveAtAStepSizeThatIsTooLargeForOthersAndNoLaterThanTheirBest) {
  auto of = summaries_of(TAILRACE_SOURCE_DIR "/experiments/clipped_stragglers/lstm.toml",
                         {"run.seeds=[1, 2]", "method.vanilla.grid={ step_size = [8, 2, 1] }",
                          "method.delay_adaptive.grid={ step_size = [8] }",
                          "method.ringmaster.grid={ step_size = [8], threshold = [16] }",
                          "method.clipped.grid={ step_size = [8], threshold = [0.0625] }"});
  const double clipped = of["clipped-step_size-8-threshold-0.0625"].target_seconds.median;
  const double vanilla = std::min(of["vanilla-step_size-2"].target_seconds.median,
                                  of["vanilla-step_size-1"].target_seconds.median);

  EXPECT_LE(clipped, 1.25 * vanilla);
  for (const char* const other : {"vanilla-step_size-8", "delay_adaptive-step_size-8",
                                  "ringmaster-step_size-8-threshold-16"}) {
    EXPECT_EQ(of[other].reached, 0U) << other;
  }
}

}  // namespace
}  // namespace tailrace::experiments
