#pragma once

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <string_view>

/// Helpers of the benchmarks. The machines these run on change speed under our feet, so a benchmark
/// compares two things in one run: it alternates between them and keeps the best time of each.
namespace tailrace::bench {

[[nodiscard]] inline double seconds(auto&& body) {
  const auto began = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

struct Pair {
  double ours = std::numeric_limits<double>::infinity();
  double limit = std::numeric_limits<double>::infinity();
};

/// Best of `rounds`, alternating. Each body returns the seconds that count.
[[nodiscard]] inline Pair best_of(int rounds, auto&& ours, auto&& limit) {
  Pair best;
  for (int round = 0; round < rounds; ++round) {
    best.limit = std::min(best.limit, limit());
    best.ours = std::min(best.ours, ours());
  }
  return best;
}

/// One line of a report: what, our figure, the limit's, their ratio and what we aim at.
inline void report(std::string_view what, double ours, double limit, std::string_view unit,
                   double ratio, std::string_view aim) {
  fmt::print("{:<46} {:>12.4g} {:>12.4g} {:<10} {:>6.2f}   {}\n", what, ours, limit, unit, ratio,
             aim);
}

inline void heading(std::string_view title) {
  fmt::print("\n{}\n{:<46} {:>12} {:>12} {:<10} {:>6}   {}\n", title, "", "ours", "limit", "unit",
             "ratio", "aim");
}

/// Largest resident size of this process so far, in MB.
[[nodiscard]] inline double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace tailrace::bench
