#include "tailrace/policy/transform/amsgrad.hpp"

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

TEST(AmsGrad, NeverLetsTheDenominatorFall) {
  auto amsgrad = prepared(AmsGrad{.beta1 = 0, .beta2 = 0.75}, 1);

  EXPECT_THAT(applied(amsgrad, {4}), ElementsAre(FloatEq(2)));           // v = 4
  EXPECT_THAT(applied(amsgrad, {0}), ElementsAre(0));                    // v = 3, w = 4
  EXPECT_THAT(applied(amsgrad, {2}), ElementsAre(FloatEq(1)));           // v = 3.25, w = 4
  EXPECT_THAT(applied(amsgrad, {6}), ElementsAre(FloatEq(1.7741311F)));  // v = 11.4375
}

}  // namespace
}  // namespace tailrace::policy
