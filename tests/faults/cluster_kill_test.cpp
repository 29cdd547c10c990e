#include "tests/faults/cluster_kill_test.hpp"

/// A few kills for every day; cluster_kill_slow_test.cpp has two hundred.
namespace tailrace::faults {
namespace {

TEST(KillOfACluster, LosesNoDurableUpdateAndAppliesNoneTwiceWhereTheServerClips) {
  Killer(Kills{.method = server_centric, .count = 6}).run();
}

TEST(KillOfACluster, LosesNoDurableUpdateAndAppliesNoneTwiceWhereWorkersRememberWhatTheyLeftOut) {
  Killer(Kills{.method = with_memory_and_local_steps, .count = 6}).run();
}

}  // namespace
}  // namespace tailrace::faults
