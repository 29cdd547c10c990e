#include "tailrace/policy/transform/adagrad.hpp"

#include "tailrace/policy/transform_test.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

TEST(AdaGrad, DividesByTheRootOfTheSumOfSquares) {
  auto adagrad = prepared(AdaGrad{}, 2);

  EXPECT_THAT(applied(adagrad, {3, 0}), ElementsAre(FloatEq(1), 0));
  EXPECT_THAT(applied(adagrad, {4, -2}), ElementsAre(FloatEq(0.8F), FloatEq(-1)));  // 4 / 5
}

}  // namespace
}  // namespace tailrace::policy
