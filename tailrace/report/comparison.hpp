#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tailrace/engine/run.hpp"
#include "tailrace/report/chart.hpp"
#include "tailrace/report/outcome.hpp"

namespace tailrace::report {

/// What the metric is drawn over.
enum class Over { virtual_time, real_time, steps, gradients };

struct ComparisonOptions {
  std::string title;
  std::optional<engine::Target> target;
  Over over = Over::virtual_time;
};

/// The picture of a comparison: the target's metric (the gradient norm if there is no target) over
/// time, server steps or gradients, a line for every method: the median over seeds, with a band
/// from the smallest to the largest. A line goes up to the median end of its runs; runs that ended
/// earlier count with their last value. It ends in a dot where the target was reached and in a
/// cross where the method diverged.
[[nodiscard]] Chart comparison_chart(const std::vector<Outcome>& outcomes,
                                     const ComparisonOptions& options);

}  // namespace tailrace::report
