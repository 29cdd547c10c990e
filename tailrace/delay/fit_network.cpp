#include "tailrace/delay/fit_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "tailrace/core/check.hpp"

namespace tailrace::delay {
namespace {

/// The upper one of an even number.
double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// At most so many of them, evenly by size.
std::vector<Passage> thinned(const std::vector<Passage>& ascending) {
  constexpr std::size_t most = 1000;
  if (ascending.size() <= most) return ascending;
  std::vector<Passage> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(ascending[i * ascending.size() / most]);
  return some;
}

/// Seconds a byte; 0 where sizes tell nothing.
double slope_of(const std::vector<Passage>& ascending) {
  std::vector<double> slopes;
  double balance = 0;  // Kendall's S: pairs that grow together, less those that do not
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = i + 1; j < ascending.size(); ++j) {
      if (ascending[i].bytes == ascending[j].bytes) continue;
      const double longer = ascending[j].seconds - ascending[i].seconds;
      slopes.push_back(longer / static_cast<double>(ascending[j].bytes - ascending[i].bytes));
      balance += longer > 0 ? 1 : longer < 0 ? -1 : 0;
    }
  }
  const auto n = static_cast<double>(ascending.size());
  const double deviation = std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
  if (slopes.empty() || balance <= 1.96 * deviation) return 0;
  return std::max(0.0, median_of(std::move(slopes)));
}

/// What was measured with this spread has no more digits.
double rounded(double value) {
  const std::string text = fmt::format("{:.3g}", value);
  double read = 0;
  std::from_chars(text.data(), text.data() + text.size(), read);
  return read;
}

}  // namespace

FittedNetwork fit_network(std::vector<Passage> passages) {
  TAILRACE_CHECK(!passages.empty());
  std::stable_sort(passages.begin(), passages.end(),
                   [](const Passage& a, const Passage& b) { return a.bytes < b.bytes; });
  const double per_byte = slope_of(thinned(passages));
  const auto without_bytes = [per_byte](const Passage& passage) {
    return passage.seconds - per_byte * static_cast<double>(passage.bytes);
  };
  std::vector<double> rest;
  for (const Passage& passage : passages) rest.push_back(without_bytes(passage));
  const double both_ways = std::max(0.0, median_of(rest));
  for (double& each : rest) each = std::fabs(each - both_ways);

  FittedNetwork fitted{.latency = Time::from_seconds(rounded(both_ways / 2)),
                       .passages = passages.size(),
                       .error_seconds = median_of(std::move(rest))};
  if (per_byte > 0) fitted.bandwidth = {rounded(1 / per_byte)};
  return fitted;
}

std::string to_toml(const FittedNetwork& fitted) {
  std::string text = fmt::format("network = {{ latency = \"{}\"", to_string(fitted.latency));
  if (fitted.bandwidth < Bandwidth{}) {
    text += fmt::format(", bandwidth = \"{}\"", to_string(fitted.bandwidth));
  }
  return text + " }\n";
}

}  // namespace tailrace::delay
