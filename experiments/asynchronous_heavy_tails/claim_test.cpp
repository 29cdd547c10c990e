/// What experiments/asynchronous_heavy_tails says about time, on sentences made here and with one
/// seed, so that no data have to be there.

#include <gtest/gtest.h>

#include "experiments/support/neural_test.hpp"

namespace tailrace::experiments {
namespace {

using AsynchronousHeavyTailsClaim = NeuralClaim;

// Measured: 9,124 s in both synchronous forms, 193 to 322 s in the others, with no more gradients.
// A synchronous round takes two local steps of the slow worker, over 100 s; the other workers hand
// in an update every 2 to 10 s.
TEST_F(AsynchronousHeavyTailsClaim, AsksForASmallPartOfTheTimeThatWaitingForStragglersTakes) {
  auto of = summaries_of(
      TAILRACE_SOURCE_DIR "/experiments/asynchronous_heavy_tails/sst2.toml",
      {"problem.data=\"synthetic-sentiment\"", "run.seeds=[1]", "run.stop.target.below=0.5"});

  for (const char* const rule : {"sgdclip", "clip2"}) {
    const report::MethodSummary waiting = of[std::string("sync_") + rule];
    ASSERT_EQ(waiting.reached, 1U) << rule;
    for (const char* const scheme : {"server_", "client_"}) {
      const report::MethodSummary& asynchronous = of[std::string(scheme) + rule];
      EXPECT_LT(asynchronous.target_seconds.median, 0.1 * waiting.target_seconds.median)
          << scheme << rule;
      EXPECT_LT(asynchronous.gradients.median, 1.5 * waiting.gradients.median) << scheme << rule;
    }
  }
}

}  // namespace
}  // namespace tailrace::experiments
