#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tailrace/core/ids.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::delay {

/// Splits workers into consecutive groups whose sizes follow the shares as nearly as whole workers
/// allow:
///
///     group g ends before worker round(workers * (share_0 + ... + share_g) / sum of shares)
///
///   shares  1 to 256 numbers >= 0, finite, not all 0; only their ratios matter
///   where   names the option in an error
///
/// Returns the group of each worker.
Result<std::vector<std::uint8_t>> split_by_shares(WorkerId workers, std::span<const double> shares,
                                                  const std::string& where);

}  // namespace tailrace::delay
