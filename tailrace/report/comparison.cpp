#include "tailrace/report/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "tailrace/report/summary.hpp"
#include "tailrace/report/table.hpp"

namespace tailrace::report {
namespace {

using Runs = std::vector<const Outcome*>;

constexpr std::size_t points_max = 400;  ///< more than pixels that a line can show

/// Which figure is drawn over what.
struct View {
  engine::Metric metric;
  Over over;

  [[nodiscard]] double x(const engine::Sample& sample) const {
    if (over == Over::steps) return static_cast<double>(sample.step);
    if (over == Over::gradients) return static_cast<double>(sample.gradients);
    return seconds_of(sample.time);
  }
  [[nodiscard]] double y(const engine::Sample& sample) const {
    return engine::value_of(metric, sample.evaluation)
        .value_or(std::numeric_limits<double>::quiet_NaN());
  }
};

/// A run's figure at x, along straight lines between its samples.
double value_at(const Outcome& run, const View& view, double x) {
  const auto after = std::find_if(run.samples.begin(), run.samples.end(),
                                  [&](const engine::Sample& sample) { return view.x(sample) > x; });
  if (after == run.samples.end()) return view.y(run.samples.back());
  if (after == run.samples.begin()) return view.y(*after);
  const engine::Sample& before = *std::prev(after);
  const double begin = view.x(before);
  const double share = (x - begin) / (view.x(*after) - begin);
  const double from = view.y(before);
  return share == 0 ? from : from + share * (view.y(*after) - from);
}

double end_of(const Runs& runs, const View& view) {
  std::vector<double> ends;
  for (const Outcome* run : runs) ends.push_back(view.x(run->samples.back()));
  return spread_of(std::move(ends)).median;
}

/// Where any run has a sample, up to the end, thinned out evenly.
std::vector<double> places_of(const Runs& runs, const View& view, double end) {
  std::set<double> all = {end};
  for (const Outcome* run : runs) {
    for (const engine::Sample& sample : run->samples) {
      if (view.x(sample) <= end) all.insert(view.x(sample));
    }
  }
  std::vector<double> places;
  const std::size_t stride = all.size() / points_max + 1;
  std::size_t i = 0;
  for (const double x : all) {
    if (i++ % stride == 0 || x == end) places.push_back(x);
  }
  return places;
}

EndMark mark_of(const Runs& runs) {
  std::size_t reached = 0;
  std::size_t diverged = 0;
  for (const Outcome* run : runs) {
    reached += run->target ? 1 : 0;
    diverged += run->ending == engine::Ending::diverged ? 1 : 0;
  }
  if (2 * diverged > runs.size()) return EndMark::cross;
  return 2 * reached > runs.size() ? EndMark::dot : EndMark::none;
}

Series series_of(const std::string& method, const Runs& runs, const View& view) {
  Series series{.name = method, .points = {}, .end = mark_of(runs)};
  for (const double x : places_of(runs, view, end_of(runs, view))) {
    std::vector<double> values;
    for (const Outcome* run : runs) values.push_back(value_at(*run, view, x));
    const Spread spread = spread_of(std::move(values));
    series.points.push_back({.x = x, .y = spread.median, .low = spread.min, .high = spread.max});
  }
  return series;
}

std::string_view label_of(Over over) {
  switch (over) {
    case Over::virtual_time:
      return "virtual time [s]";
    case Over::real_time:
      return "time [s]";
    case Over::steps:
      return "server steps";
    case Over::gradients:
      return "gradients";
  }
  return "";
}

std::string_view label_of(engine::Metric metric) {
  switch (metric) {
    case engine::Metric::loss:
      return "loss";
    case engine::Metric::gradient_norm:
      return "gradient norm";
    case engine::Metric::accuracy:
      return "accuracy";
    case engine::Metric::test_loss:
      return "test loss";
    case engine::Metric::test_accuracy:
      return "test accuracy";
    case engine::Metric::test_score:
      return "test score";
  }
  return "";
}

/// Covers all medians; a method that explodes may leave the picture at the top.
Axis y_axis(const Chart& chart, bool logarithmic) {
  constexpr double growth_max = 4;
  double low = infinity;
  double high = -infinity;
  double start = -infinity;
  for (const Series& series : chart.series) {
    start = std::max(start, series.points.front().y);
    for (const Series::Point& point : series.points) {
      if (!std::isfinite(point.y)) continue;
      if (point.y > 0 || !logarithmic) low = std::min(low, point.y);
      high = std::max(high, point.y);
    }
  }
  if (chart.target) {
    if (*chart.target > 0 || !logarithmic) low = std::min(low, *chart.target);
    high = std::max(high, *chart.target);
  }
  if (!(low <= high)) return linear_axis(0, 1);
  if (!logarithmic || !(low > 0)) return linear_axis(low, high);
  if (std::isfinite(start) && start > 0) high = std::min(high, std::max(start, low) * growth_max);
  return logarithmic_axis(low, std::max(low, high));
}

}  // namespace

Chart comparison_chart(const std::vector<Outcome>& outcomes, const ComparisonOptions& options) {
  const engine::Metric metric =
      options.target ? options.target->metric : engine::Metric::gradient_norm;
  std::vector<std::string> order;
  std::map<std::string, Runs> runs;
  std::set<std::uint64_t> seeds;
  for (const Outcome& outcome : outcomes) {
    Runs& same = runs[outcome.method];
    if (same.empty()) order.push_back(outcome.method);
    same.push_back(&outcome);
    seeds.insert(outcome.seed);
  }
  Chart chart;
  chart.title = options.title;
  chart.subtitle = seeds.size() == 1
                       ? fmt::format("{} of the full problem, one seed", label_of(metric))
                       : fmt::format("{} of the full problem: median and range of {} seeds",
                                     label_of(metric), seeds.size());
  chart.x_label = label_of(options.over);
  chart.y_label = label_of(metric);
  double end = 0;
  for (const std::string& method : order) {
    chart.series.push_back(series_of(method, runs[method], {metric, options.over}));
    end = std::max(end, chart.series.back().points.back().x);
  }
  if (options.target) {
    chart.target = options.target->below ? options.target->below : options.target->above;
    chart.target_label = fmt::format("target {}", short_number(*chart.target));
  }
  chart.x = linear_axis(0, end);
  chart.y = y_axis(chart, !engine::more_is_better(metric));
  return chart;
}

}  // namespace tailrace::report
