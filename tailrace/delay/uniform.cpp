#include "tailrace/delay/uniform.hpp"

#include <fmt/core.h>

namespace tailrace::delay {

Result<Uniform> Uniform::prepare(const ModelSetup&) const {
  if (low <= high) return *this;
  return fail({.code = "delay/empty-interval",
               .what = fmt::format("uniform.low = {} is above uniform.high = {}", low, high),
               .where = "workers.delay",
               .fix = "exchange the two"});
}

}  // namespace tailrace::delay
