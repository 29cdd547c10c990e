#include "tailrace/policy/transform/drop_stale.hpp"

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

TEST(DropStale, KeepsWhatIsAsOldAsAllowedAndDropsWhatIsOlder) {
  const DropStale drop{.older_than = 2};
  Update kept({1});
  Update dropped({1});

  drop.apply({.staleness = 2}, kept);
  drop.apply({.staleness = 3}, dropped);

  EXPECT_FALSE(kept.discarded());
  EXPECT_TRUE(dropped.discarded());
}

}  // namespace
}  // namespace tailrace::policy
