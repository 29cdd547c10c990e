/// What experiments/ringleader says, on 20 workers in place of 100, two seeds and a sixth of the
/// time.

#include <gtest/gtest.h>

#include "experiments/support/neural_test.hpp"

namespace tailrace::experiments {
namespace {

using RingleaderClaim = NeuralClaim;

// A round begins when everybody's gradient is there and has n steps, so none is more than n - 1 old
// when it arrives; the table keeps it for n - 1 more. A network that has died has the loss of
// guessing among ten classes, log(10) = 2.303.
TEST_F(RingleaderClaim, LearnsFromGradientsOfTheRoundAndDiesAtTenTimesTheStep) {
  auto of = summaries_of(TAILRACE_SOURCE_DIR "/experiments/ringleader/small.toml",
                         {"workers.count=20", "run.seeds=[1, 2]", "run.stop.time=1000s",
                          "method.ringleader.grid={ step_size = [0.01, 0.1] }",
                          "method.ia2sgd.grid={ step_size = [0.01, 0.1] }",
                          "method.malenia.grid={ step_size = [0.2] }",
                          "method.async_sgd.grid={ step_size = [0.01] }"});

  constexpr double oldest = 20 - 1;
  EXPECT_LE(of["ringleader-step_size-0.01"].staleness_max.max, oldest);
  EXPECT_GT(of["ia2sgd-step_size-0.01"].staleness_max.min, oldest);
  EXPECT_LT(of["ringleader-step_size-0.01"].loss.median, 1.5);
  EXPECT_LT(of["ia2sgd-step_size-0.01"].loss.median, 1.5);
  EXPECT_GT(of["ringleader-step_size-0.1"].loss.median, 2);
  EXPECT_GT(of["ia2sgd-step_size-0.1"].loss.median, 2);
}

}  // namespace
}  // namespace tailrace::experiments
