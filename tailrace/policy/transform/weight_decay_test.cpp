#include "tailrace/policy/transform/weight_decay.hpp"

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

TEST(WeightDecay, AddsAShareOfTheModel) {
  const Values model = {2, -4};
  WeightDecay decay{.strength = 0.5};

  EXPECT_THAT(applied(decay, {1, 1}, {.model = model}), ElementsAre(2, -1));
}

TEST(WeightDecay, ShrinksTheModelByItselfWhenPlacedLast) {
  const Values model = {2, -4};
  WeightDecay decay{.strength = 0.5};
  Update update({0, 0});
  Values next(2);

  decay.apply({.model = model}, update);
  update.subtract_from(model.data(), next.data(), 0.5);

  EXPECT_THAT(next, ElementsAre(1.5, -3));  // (1 - 0.5 * 0.5) x
}

TEST(WeightDecay, NeedsNoModelWhenItIsOff) {
  WeightDecay decay{.strength = 0};

  EXPECT_THAT(applied(decay, {1, 1}), ElementsAre(1, 1));
}

}  // namespace
}  // namespace tailrace::policy
