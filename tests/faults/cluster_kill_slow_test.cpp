#include <cstdlib>

#include "tests/faults/cluster_kill_test.hpp"

namespace tailrace::faults {
namespace {

/// Two hundred kills in all. TAILRACE_FAULTS_SEED chooses other moments.
class TwoHundredKills : public ::testing::TestWithParam<std::string_view> {};

TEST_P(TwoHundredKills, LoseNoDurableUpdateAndApplyNoneTwice) {
  const char* seed = std::getenv("TAILRACE_FAULTS_SEED");
  Killer(Kills{.method = GetParam(), .count = 50, .seed = seed != nullptr ? seed : "1"}).run();
}

INSTANTIATE_TEST_SUITE_P(OfEveryKind, TwoHundredKills,
                         ::testing::Values(server_centric, client_centric, with_memory,
                                           with_memory_and_local_steps));

}  // namespace
}  // namespace tailrace::faults
