#include "tailrace/policy/transform/rmsprop.hpp"

#include <cmath>

#include "tailrace/policy/transform/root_mean_square.hpp"

namespace tailrace::policy {

void RmsProp::run(const Block& block) {
  const RootMeanSquare rule{.keep = beta,
                            .add = 1 - beta,
                            .gain = bias_correction ? 1 / std::sqrt(1 - power) : 1,
                            .epsilon = epsilon};
  rule.divide(block, root.at(block));
}

}  // namespace tailrace::policy
