#include "tests/parity/cluster_test.hpp"

#include <gtest/gtest.h>

#include "tests/parity/test_name.hpp"

/// Every method does the same on many machines as in virtual time: here without a network between
/// them.
namespace tailrace::cluster::testing {
namespace {

using tailrace::testing::named_methods;
using tailrace::testing::NamedMethod;
using tailrace::testing::test_name;

class EveryMethodOnMembers : public ::testing::TestWithParam<NamedMethod> {};

TEST_P(EveryMethodOnMembers, IsReplayedToTheSameBits) {
  expect_replay(GetParam().method, over(local_bridge));
}

TEST(MethodWithoutRacesOnMembers, GivesTheBitsOfVirtualTime) {
  for (const NamedMethod& each : tailrace::testing::methods_without_races(parity_workers)) {
    SCOPED_TRACE(each.name);
    expect_bits_of_virtual_time(each.method, over(local_bridge));
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, EveryMethodOnMembers, ::testing::ValuesIn(named_methods()),
                         test_name);

}  // namespace
}  // namespace tailrace::cluster::testing
