#include "tailrace/delay/fadas.hpp"

#include <fmt/core.h>

#include "tailrace/core/distributions.hpp"
#include "tailrace/delay/shares.hpp"

namespace tailrace::delay {

Result<Fadas::Classes> Fadas::prepare(const ModelSetup& setup) const {
  const std::string where = "workers.delay.shares";
  if (shares.size() != 3) {
    return fail({.code = "delay/bad-shares",
                 .what = fmt::format("fadas has 3 classes, but {} shares", shares.size()),
                 .where = where,
                 .fix = "give the shares of fast, medium and slow workers, such as [3, 2, 1]"});
  }
  auto class_of = split_by_shares(setup.workers, shares, where);
  if (!class_of) return fail(std::move(class_of.error()));
  // Speed models shuffle with number 0; both may be in use at once.
  Stream stream(setup.seed, Purpose::speed, 0, 1);
  shuffle(stream, std::span(*class_of));
  const Classes::Range slow =
      delays == Delays::mild ? Classes::Range{5, 8} : Classes::Range{50, 80};
  return Classes{{{{1, 2}, {3, 5}, slow}}, std::move(*class_of)};
}

}  // namespace tailrace::delay
