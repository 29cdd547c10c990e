/// Prints which share of a grid reaches the target in which units, and writes the figure; README.md
/// says what it shows.
///
///     less_tuning_measure experiments/less_tuning/clip.toml FIGURE.svg

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "experiments/less_tuning/units.hpp"
#include "experiments/support/figure.hpp"
#include "tailrace/report/chart.hpp"
#include "tailrace/report/table.hpp"

namespace tailrace::experiments {
namespace {

constexpr double factors[] = {0.01, 0.1, 1, 10, 100};

/// Of each method, factor by factor.
using Table = std::map<std::string, std::vector<report::GridShare>>;

Result<Table> measure_all(const std::string& file) {
  Table table;
  for (const double factor : factors) {
    const Result<std::vector<report::GridShare>> all = shares(file, factor);
    if (!all) return fail(all.error());
    for (const report::GridShare& share : *all) table[share.group].push_back(share);
  }
  return table;
}

void print(const Table& table) {
  fmt::print("| method |");
  for (const double factor : factors) fmt::print(" x {} |", factor);
  fmt::print(" all | within twice the best |\n|---|---|---|---|---|---|---|---|\n");
  for (const auto& [method, row] : table) {
    fmt::print("| {} |", method);
    std::size_t points = 0;
    std::size_t reached = 0;
    std::size_t near_best = 0;
    for (const report::GridShare& share : row) {
      const std::string best =
          std::isfinite(share.best) ? report::short_number(share.best) + " s" : "never";
      fmt::print(" {} of {}, best {} |", share.reached, share.points, best);
      points += share.points;
      reached += share.reached;
      near_best += share.near_best;
    }
    const double all = static_cast<double>(points) / 100;
    fmt::print(" {:.0f} % | {:.0f} % |\n", static_cast<double>(reached) / all,
               static_cast<double>(near_best) / all);
  }
}

report::Chart chart_of(const Table& table) {
  report::Chart chart{.title = "Which share of a grid of step sizes reaches the target",
                      .subtitle =
                          "when objective, noise and target are multiplied by a factor and "
                          "step sizes divided by it",
                      .x_label = "factor",
                      .y_label = "share of the step sizes"};
  for (const auto& [method, row] : table) {
    report::Series series{.name = method, .points = {}};
    for (std::size_t i = 0; i < row.size(); ++i) {
      const double share = static_cast<double>(row[i].reached) / static_cast<double>(row[i].points);
      series.points.push_back({.x = factors[i], .y = share, .low = share, .high = share});
    }
    chart.series.push_back(std::move(series));
  }
  chart.x = report::logarithmic_axis(factors[0], factors[std::size(factors) - 1]);
  chart.y = report::linear_axis(0, 1);
  return chart;
}

int measure_and_draw(const std::string& file, const std::string& figure) {
  const Result<Table> table = measure_all(file);
  if (table) print(*table);
  return draw(table, figure, [](const Table& all) { return chart_of(all); });
}

}  // namespace
}  // namespace tailrace::experiments

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: less_tuning_measure experiments/less_tuning/clip.toml FIGURE.svg\n");
    return 2;
  }
  return tailrace::experiments::measure_and_draw(argv[1], argv[2]);
}
