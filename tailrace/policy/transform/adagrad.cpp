#include "tailrace/policy/transform/adagrad.hpp"

#include "tailrace/policy/transform/root_mean_square.hpp"

namespace tailrace::policy {

void AdaGrad::run(const Block& block) {
  const RootMeanSquare rule{.keep = 1, .add = 1, .gain = 1, .epsilon = epsilon};
  rule.divide(block, root.at(block));
}

}  // namespace tailrace::policy
