#pragma once

#include <span>

#include "tailrace/core/ids.hpp"

namespace tailrace::policy {

/// max_j |u_j|, the scale of what rounds; NaN is passed over, infinity is not.
[[nodiscard]] double largest_size(std::span<const Real> values);

}  // namespace tailrace::policy
