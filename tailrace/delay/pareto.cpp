#include "tailrace/delay/pareto.hpp"

#include <fmt/core.h>

#include <cmath>

namespace tailrace::delay {

Result<Pareto::Scaled> Pareto::prepare(const ModelSetup&) const {
  switch (scaled_to) {
    case Scale::mean:
      if (tail_index > 1) return Scaled{tail_index, (tail_index - 1) / tail_index};
      break;
    case Scale::median:
      return Scaled{tail_index, std::exp2(-1 / tail_index)};
    case Scale::minimum:
      return Scaled{tail_index, 1};
  }
  return fail({.code = "delay/infinite-mean",
               .what = fmt::format("pareto.tail_index = {}: the mean is infinite at 1 and below",
                                   tail_index),
               .where = "workers.delay.tail_index",
               .fix = "choose a tail index above 1, or scaled_to = \"median\" or \"minimum\""});
}

}  // namespace tailrace::delay
