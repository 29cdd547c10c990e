#include "tailrace/policy/transform/mix_in.hpp"

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

TEST(MixIn, AddsHowFarTheServerHasMoved) {
  const Values model = {5, 1};
  const Values start = {3, 1};
  MixIn mix;

  EXPECT_THAT(applied(mix, {1, -1}, {.model = model, .start = start}), ElementsAre(3, -1));
}

TEST(MixIn, MakesAStepMixTheTwoModels) {
  const Values server = {5};
  const Values start = {3};
  const Values worker = {1};
  MixIn mix;
  Update update({start[0] - worker[0]});
  Values next(1);

  mix.apply({.model = server, .start = start}, update);
  update.subtract_from(server.data(), next.data(), 0.25);

  EXPECT_THAT(next, ElementsAre(0.75 * 5 + 0.25 * 1));
}

}  // namespace
}  // namespace tailrace::policy
