#include "tests/parity/cluster_test.hpp"

#include <gtest/gtest.h>

/// Every method does the same on many machines as in virtual time: here without a network between
/// them.
namespace tailrace::cluster::testing {
namespace {

using tailrace::testing::named_methods;
using tailrace::testing::NamedMethod;

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

std::string test_name(const ::testing::TestParamInfo<NamedMethod>& info) {
  std::string name;
  for (const char letter : info.param.name) {
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0) name += letter;
    if (letter == ' ' || letter == '_') name += '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Engines, EveryMethodOnMembers, ::testing::ValuesIn(named_methods()),
                         test_name);

}  // namespace
}  // namespace tailrace::cluster::testing
