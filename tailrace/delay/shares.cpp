#include "tailrace/delay/shares.hpp"

#include <algorithm>
#include <cmath>

namespace tailrace::delay {

Result<std::vector<std::uint8_t>> split_by_shares(WorkerId workers, std::span<const double> shares,
                                                  const std::string& where) {
  double total = 0;
  bool possible = !shares.empty() && shares.size() <= 256;
  for (const double share : shares) {
    possible = possible && share >= 0;
    total += share;
  }
  if (!possible || !(total > 0) || !std::isfinite(total)) {
    return fail({.code = "delay/bad-shares",
                 .what = "shares must be 1 to 256 numbers of 0 or more, and not all 0",
                 .where = where,
                 .fix = "give one share a class, such as [3, 2, 1]; only their ratios matter"});
  }
  std::vector<std::uint8_t> group(workers);
  double sum = 0;
  std::size_t begin = 0;
  for (std::size_t g = 0; g < shares.size(); ++g) {
    sum += shares[g];
    const auto end = static_cast<std::size_t>(std::llround(workers * (sum / total)));
    std::fill(group.begin() + static_cast<std::ptrdiff_t>(begin),
              group.begin() + static_cast<std::ptrdiff_t>(end), static_cast<std::uint8_t>(g));
    begin = end;
  }
  return group;
}

}  // namespace tailrace::delay
