#pragma once

#include <string>
#include <vector>

namespace tailrace::report {

/// A labeled place on an axis.
struct Tick {
  double value = 0;
  std::string label;  ///< empty for a line without a number
};

/// A range of values with round places to label, linear or logarithmic.
struct Axis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::vector<Tick> ticks;

  /// Where a value lies between low (0) and high (1); beyond them outside.
  [[nodiscard]] double share(double value) const;
};

/// An axis from low to high with about six round ticks (1, 2 or 5 times a power of ten). The ends
/// stay as they are.
[[nodiscard]] Axis linear_axis(double low, double high);

/// An axis that covers low to high, 0 < low <= high, with ends on round values. Within a decade or
/// two the ticks are 1, 2 and 5 times powers of ten, beyond that only powers.
[[nodiscard]] Axis logarithmic_axis(double low, double high);

}  // namespace tailrace::report
