#include "tailrace/policy/transform/compensate_delay.hpp"

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

TEST(CompensateDelay, AddsLambdaTimesTheSquareTimesTheDrift) {
  const Values model = {1, 3};
  const Values start = {0, 0};
  auto compensate = prepared(CompensateDelay{.lambda = 0.5}, 2);

  const Values after = applied(compensate, {2, -2}, {.model = model, .start = start});

  EXPECT_THAT(after, ElementsAre(4, 4));  // 2 + 4/2 * 1, -2 + 4/2 * 3
}

TEST(CompensateDelay, LeavesAFreshUpdateAlone) {
  const Values model = {1, 3};
  auto compensate = prepared(CompensateDelay{.lambda = 0.5}, 2);

  const Values after = applied(compensate, {2, -2}, {.model = model, .start = model});

  EXPECT_THAT(after, ElementsAre(2, -2));
}

TEST(CompensateDelay, DividesLambdaByTheRootMeanSquareInTheAdaptiveForm) {
  const Values model = {1};
  const Values start = {0};
  const Arrival arrival{.model = model, .start = start};
  auto compensate = prepared(CompensateDelay{.lambda = 1, .adaptive = true, .decay = 0.75}, 1);

  const Values first = applied(compensate, {2}, arrival);   // s = 1, 2 + 4 / 1
  const Values second = applied(compensate, {2}, arrival);  // s = 7/4, 2 + 4 / sqrt(7/4)

  EXPECT_NEAR(first[0], 6, 1e-5);
  EXPECT_NEAR(second[0], 5.0237158, 1e-5);
}

}  // namespace
}  // namespace tailrace::policy
