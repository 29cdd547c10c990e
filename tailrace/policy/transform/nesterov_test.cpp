#include "tailrace/policy/transform/nesterov.hpp"

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

TEST(Nesterov, LooksOneStepAhead) {
  auto nesterov = prepared(Nesterov{.beta = 0.5}, 1);

  EXPECT_THAT(applied(nesterov, {4}), ElementsAre(6));  // m = 4, u + m/2
  EXPECT_THAT(applied(nesterov, {4}), ElementsAre(7));  // m = 6
}

TEST(Nesterov, DoesNothingAtBetaZero) {
  auto nesterov = prepared(Nesterov{.beta = 0}, 1);

  EXPECT_THAT(applied(nesterov, {4}), ElementsAre(4));
  EXPECT_THAT(applied(nesterov, {-1}), ElementsAre(-1));
}

}  // namespace
}  // namespace tailrace::policy
