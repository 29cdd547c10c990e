/// Prints the table of quantiles and writes its figures; README.md says what they show.
///
///     high_probability_measure experiments/high_probability/base.toml FIGURE.svg
///     high_probability_measure cloud > experiments/high_probability/cloud.libsvm

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/high_probability/study.hpp"
#include "experiments/support/figure.hpp"
#include "tailrace/report/chart.hpp"
#include "tailrace/report/table.hpp"

namespace tailrace::experiments {
namespace {

constexpr double thetas[] = {0.5, 1, 2, 3};
constexpr double slowdowns[] = {1, 10, 100, 250};
constexpr Seeds tuning{.first = 1001, .count = 20};
constexpr Seeds measuring{.first = 1, .count = 400};

struct Row {
  Situation situation;
  Measured measured;
};

std::string text_of(const math::Estimate& estimate) {
  return fmt::format("{} [{}, {}]", report::short_number(estimate.value),
                     report::short_number(estimate.low), report::short_number(estimate.high));
}

void print(const Row& row) {
  for (const auto& [method, quantiles] : row.measured.quantiles) {
    fmt::print("| {} | {} | {} | {} | {} | {} | {} |\n", row.situation.theta,
               row.situation.slowdown, row.measured.staleness_max, method, text_of(quantiles[0]),
               text_of(quantiles[1]), text_of(quantiles[2]));
  }
}

/// The 99 % quantile over the largest delay, with its interval.
report::Chart chart_of(const std::vector<Row>& rows) {
  report::Chart chart{
      .title = "One slow worker: the average gradient norm that 99 % of runs stay below",
      .subtitle = fmt::format("tuned without a slow worker; quantile of {} seeds and its 95 % "
                              "interval",
                              measuring.count),
      .x_label = "largest staleness, tau_max [steps]",
      .y_label = "gradient norm, average of a run, 99 % quantile"};
  for (const char* method : {"plain", "clipped"}) {
    for (const double theta : thetas) {
      report::Series series{.name = fmt::format("{}, theta {}", method, theta), .points = {}};
      for (const Row& row : rows) {
        if (row.situation.theta != theta) continue;
        const math::Estimate& estimate = row.measured.quantiles.at(method)[2];
        series.points.push_back({.x = static_cast<double>(row.measured.staleness_max),
                                 .y = estimate.value,
                                 .low = estimate.low,
                                 .high = estimate.high});
      }
      chart.series.push_back(std::move(series));
    }
  }
  chart.x = report::logarithmic_axis(10, 5000);
  chart.y = report::linear_axis(0.15, 0.25);
  return chart;
}

Result<std::vector<Row>> measure_all(const std::string& file) {
  std::vector<Row> rows;
  fmt::print(
      "| theta | slowdown | tau_max | method | 50 % | 90 % | 99 % "
      "|\n|---|---|---|---|---|---|---|\n");
  for (const double theta : thetas) {
    const Result<Sets> best = tuned(file, settings({.theta = theta}, tuning));
    if (!best) return fail(best.error());
    std::string choice;
    for (const std::string& set : *best) choice += " " + set;
    fmt::print(stderr, "theta {}:{}\n", theta, choice);
    for (const double slowdown : slowdowns) {
      const Situation situation{.theta = theta, .slowdown = slowdown};
      Sets sets = settings(situation, measuring);
      sets.insert(sets.end(), best->begin(), best->end());
      Result<Measured> measured = measure(file, sets);
      if (!measured) return fail(measured.error());
      rows.push_back({situation, std::move(*measured)});
      print(rows.back());
    }
  }
  return rows;
}

int measure_and_draw(const std::string& file, const std::string& figure) {
  const Result<std::vector<Row>> rows = measure_all(file);
  return draw(rows, figure, [](const std::vector<Row>& all) { return chart_of(all); });
}

}  // namespace
}  // namespace tailrace::experiments

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "cloud") {
    fmt::print("{}", tailrace::experiments::cloud());
    return 0;
  }
  if (argc != 3) {
    fmt::print(
        stderr,
        "usage: high_probability_measure experiments/high_probability/base.toml FIGURE.svg\n");
    return 2;
  }
  return tailrace::experiments::measure_and_draw(argv[1], argv[2]);
}
