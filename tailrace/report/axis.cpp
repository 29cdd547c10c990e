#include "tailrace/report/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tailrace/report/table.hpp"

namespace tailrace::report {
namespace {

constexpr std::array<double, 3> round_steps = {1, 2, 5};

/// The smallest 1, 2 or 5 times a power of ten that is at least x > 0, or with `down` the largest
/// that is at most x.
double round_number(double x, bool down) {
  const double decade = std::pow(10, std::floor(std::log10(x)));
  double best = down ? decade / 2 : decade * 10;
  for (const double step : round_steps) {
    const double value = step * decade;
    if (down && value <= x * (1 + 1e-9)) best = std::max(best, value);
    if (!down && value >= x * (1 - 1e-9)) best = std::min(best, value);
  }
  return best;
}

/// "0.05", "100", "1e-06": without digits that only repeat the scale.
std::string power_label(double value) {
  if (value >= 1e-4 && value < 1e5) return short_number(value);
  return fmt::format("{:.0e}", value);
}

}  // namespace

double Axis::share(double value) const {
  if (logarithmic) return std::log(value / low) / std::log(high / low);
  return (value - low) / (high - low);
}

Axis linear_axis(double low, double high) {
  if (!(high > low)) high = low + 1;
  Axis axis{.low = low, .high = high, .logarithmic = false, .ticks = {}};
  constexpr double ticks_wanted = 6;
  const double step = round_number((high - low) / ticks_wanted, false);
  for (double i = std::ceil(low / step - 1e-9) + 0.0; i * step <= high + step * 1e-9; ++i) {
    axis.ticks.push_back({.value = i * step, .label = short_number(i * step)});
  }
  return axis;
}

Axis logarithmic_axis(double low, double high) {
  constexpr double fine_decades = 2.5;
  low = round_number(low, true);
  high = std::max(round_number(high, false), low * 2);
  Axis axis{.low = low, .high = high, .logarithmic = true, .ticks = {}};
  const bool fine = std::log10(high / low) <= fine_decades;
  for (double power = std::floor(std::log10(low)); power <= std::ceil(std::log10(high)); ++power) {
    for (const double step : round_steps) {
      const double value = step * std::pow(10, power);
      if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9)) continue;
      axis.ticks.push_back({.value = value, .label = fine || step == 1 ? power_label(value) : ""});
    }
  }
  return axis;
}

}  // namespace tailrace::report
