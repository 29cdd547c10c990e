#include <gtest/gtest.h>

#include "tests/faults/evidence.hpp"

namespace tailrace::faults {
namespace {

// A sanitizer wants to be loaded first, and to have the clock's functions for itself.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

TEST(ATimeOfDayThatJumps, IsNoFaultAtAll) {
  if (sanitized) GTEST_SKIP() << "the clock cannot be replaced beneath a sanitizer";
  Cluster cluster({.method = std::string(with_memory), .steps = 1'000'000'000});
  const Ended date = run({"env", "LD_PRELOAD=" TAILRACE_WANDERING_CLOCK, "date", "+%s"});
  ASSERT_EQ(date.exit, 0) << date.output;
  cluster.ways.environment = {"LD_PRELOAD=" TAILRACE_WANDERING_CLOCK};
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  cluster.work_all();
  // Five jumps a second for five checkpoints at least, each with an entry or more.
  for (int saved = 0; saved < 5; ++saved) ASSERT_TRUE(cluster.gets_on()) << cluster.server_output();
  cluster.server().kill();
  Evidence evidence(cluster);
  evidence.server_died();
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  ASSERT_TRUE(cluster.gets_on());

  ASSERT_TRUE(cluster.goes_on_for(500)) << cluster.server_output();
  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();

  evidence.expect_truth();
  EXPECT_EQ(cluster.server_output().find("nothing was heard"), std::string::npos)
      << "a lease ended early: " << cluster.server_output();
  for (WorkerId worker = 0; worker < cluster.workers(); ++worker) {
    EXPECT_EQ(cluster.worker(worker).wait(), 0) << cluster.worker(worker).output();
  }
}

}  // namespace
}  // namespace tailrace::faults
