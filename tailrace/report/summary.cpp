#include "tailrace/report/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "tailrace/core/check.hpp"
#include "tailrace/core/field.hpp"

namespace tailrace::report {
namespace {

using Json = nlohmann::ordered_json;
using Runs = std::vector<const Outcome*>;

Spread spread(const Runs& runs, const std::function<double(const Outcome&)>& figure) {
  std::vector<double> values;
  for (const Outcome* run : runs) values.push_back(figure(*run));
  return spread_of(std::move(values));
}

std::optional<Spread> spread_if_known(const Runs& runs,
                                      std::optional<double> problem::Evaluation::*figure) {
  if (!(runs.front()->final_evaluation().*figure)) return std::nullopt;
  return spread(runs, [figure](const Outcome& run) {
    return (run.final_evaluation().*figure).value_or(std::nan(""));
  });
}

/// "target reached" if all agree; else the worst news with its share.
std::string ending_of(const Runs& runs) {
  std::map<engine::Ending, std::size_t> counts;
  for (const Outcome* run : runs) ++counts[run->ending];
  if (counts.size() == 1) return std::string(engine::to_string(runs.front()->ending));
  const auto diverged = counts.find(engine::Ending::diverged);
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  const auto& [ending, count] = diverged != counts.end() ? *diverged : *most;
  return fmt::format("{} of {} {}", count, runs.size(), engine::to_string(ending));
}

MethodSummary summarize_one(const std::string& method, const Runs& runs) {
  MethodSummary summary;
  summary.method = method;
  summary.runs = runs.size();
  for (const Outcome* run : runs) summary.reached += run->target ? 1 : 0;
  summary.target_seconds = spread(runs, [](const Outcome& run) {
    return run.target ? seconds_of(run.target->time) : infinity;
  });
  summary.seconds = spread(runs, [](const Outcome& run) { return seconds_of(run.time); });
  summary.steps = spread(runs, [](const Outcome& run) { return static_cast<double>(run.steps); });
  summary.gradients =
      spread(runs, [](const Outcome& run) { return static_cast<double>(run.gradients); });
  summary.loss = spread(runs, [](const Outcome& run) { return run.final_evaluation().loss; });
  summary.gradient_norm =
      spread(runs, [](const Outcome& run) { return run.final_evaluation().gradient_norm; });
  summary.accuracy = spread_if_known(runs, &problem::Evaluation::accuracy);
  summary.test_loss = spread_if_known(runs, &problem::Evaluation::test_loss);
  summary.test_accuracy = spread_if_known(runs, &problem::Evaluation::test_accuracy);
  summary.test_score = spread_if_known(runs, &problem::Evaluation::test_score);
  summary.staleness_mean = spread(runs, [](const Outcome& run) { return run.staleness_mean; });
  summary.staleness_max =
      spread(runs, [](const Outcome& run) { return static_cast<double>(run.staleness_max); });
  summary.discarded = spread(
      runs, [](const Outcome& run) { return static_cast<double>(run.discarded + run.canceled); });
  summary.ending = ending_of(runs);
  return summary;
}

/// The median at the end, negated where more is better; NaN where it is not known.
double cost_of(const MethodSummary& summary, engine::Metric metric) {
  const auto median = [](const std::optional<Spread>& figure) {
    return figure ? figure->median : std::nan("");
  };
  switch (metric) {
    case engine::Metric::loss:
      return summary.loss.median;
    case engine::Metric::gradient_norm:
      return summary.gradient_norm.median;
    case engine::Metric::accuracy:
      return -median(summary.accuracy);
    case engine::Metric::test_loss:
      return median(summary.test_loss);
    case engine::Metric::test_accuracy:
      return -median(summary.test_accuracy);
    case engine::Metric::test_score:
      return -median(summary.test_score);
  }
  return std::nan("");
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json to_json(const Spread& spread) {
  return {
      {"median", number(spread.median)}, {"min", number(spread.min)}, {"max", number(spread.max)}};
}

}  // namespace

Spread spread_of(std::vector<double> values) {
  TAILRACE_CHECK(!values.empty());
  // NaN compares with nothing, and a sort needs an order.
  std::sort(values.begin(), values.end(),
            [](double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; });
  const std::size_t middle = values.size() / 2;
  const bool even = values.size() % 2 == 0;
  const double median = even && values[middle - 1] != values[middle]
                            ? (values[middle - 1] + values[middle]) / 2
                            : values[middle];
  return {.median = median, .min = values.front(), .max = values.back()};
}

std::vector<MethodSummary> summarize(const std::vector<Outcome>& outcomes) {
  std::vector<std::string> order;
  std::map<std::string, Runs> runs;
  for (const Outcome& outcome : outcomes) {
    Runs& same = runs[outcome.method];
    if (same.empty()) order.push_back(outcome.method);
    same.push_back(&outcome);
  }
  std::vector<MethodSummary> summaries;
  summaries.reserve(order.size());
  for (const std::string& method : order) summaries.push_back(summarize_one(method, runs[method]));
  return summaries;
}

std::vector<std::string> best_of_groups(const std::vector<MethodSummary>& summaries,
                                        const std::map<std::string, std::string>& groups,
                                        engine::Metric metric) {
  const auto better = [metric](const MethodSummary& a, const MethodSummary& b) {
    if (a.target_seconds.median != b.target_seconds.median) {
      return a.target_seconds.median < b.target_seconds.median;
    }
    const double cost = cost_of(a, metric);
    const double other = cost_of(b, metric);
    return std::isnan(other) ? !std::isnan(cost) : cost < other;
  };
  std::map<std::string, const MethodSummary*> best;
  for (const MethodSummary& summary : summaries) {
    const auto group = groups.find(summary.method);
    if (group == groups.end() || group->second.empty()) continue;
    const MethodSummary*& champion = best[group->second];
    if (champion == nullptr || better(summary, *champion)) champion = &summary;
  }
  std::vector<std::string> names;
  for (const MethodSummary& summary : summaries) {
    const auto group = groups.find(summary.method);
    const bool alone = group == groups.end() || group->second.empty();
    if (alone || best[group->second] == &summary) names.push_back(summary.method);
  }
  return names;
}

std::string summary_csv(const std::vector<Outcome>& outcomes) {
  std::string text =
      "method,seed,ending,target_time_s,time_s,steps,gradients,loss,gradient_norm,accuracy,"
      "test_accuracy,test_score,staleness_mean,staleness_max,concurrency_mean,concurrency_max,"
      "effective_workers,utilization_mean,discarded,sequence_correlation,delay_variance,"
      "virtual_distance_max,model\n";
  const auto optional = [](const std::optional<double>& value) {
    return value ? fmt::format("{}", *value) : std::string();
  };
  for (const Outcome& run : outcomes) {
    const problem::Evaluation& last = run.final_evaluation();
    std::optional<double> correlation;
    std::optional<double> variance;
    std::optional<double> distance;
    if (run.measures) {
      correlation = run.measures->sequence_correlation;
      variance = run.measures->delay_variance;
      distance = run.measures->virtual_distance_max;
    }
    text += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{:016x}\n", run.method,
        run.seed, engine::to_string(run.ending),
        run.target ? fmt::format("{}", seconds_of(run.target->time)) : std::string(),
        seconds_of(run.time), run.steps, run.gradients, last.loss, last.gradient_norm,
        optional(last.accuracy), optional(last.test_accuracy), optional(last.test_score),
        run.staleness_mean, run.staleness_max, run.concurrency_mean, run.concurrency_max,
        run.effective_workers, run.utilization_mean, run.discarded + run.canceled,
        optional(correlation), optional(variance), optional(distance), run.model_hash);
  }
  return text;
}

std::string summary_json(const std::vector<MethodSummary>& summaries) {
  Json list = Json::array();
  for (const MethodSummary& summary : summaries) {
    Json json = {{"method", summary.method},
                 {"runs", summary.runs},
                 {"reached", summary.reached},
                 {"target_time_s", to_json(summary.target_seconds)},
                 {"time_s", to_json(summary.seconds)},
                 {"steps", to_json(summary.steps)},
                 {"gradients", to_json(summary.gradients)},
                 {"loss", to_json(summary.loss)},
                 {"gradient_norm", to_json(summary.gradient_norm)}};
    if (summary.accuracy) json["accuracy"] = to_json(*summary.accuracy);
    if (summary.test_loss) json["test_loss"] = to_json(*summary.test_loss);
    if (summary.test_accuracy) json["test_accuracy"] = to_json(*summary.test_accuracy);
    if (summary.test_score) json["test_score"] = to_json(*summary.test_score);
    json["staleness_mean"] = to_json(summary.staleness_mean);
    json["staleness_max"] = to_json(summary.staleness_max);
    json["discarded"] = to_json(summary.discarded);
    json["ending"] = summary.ending;
    list.push_back(std::move(json));
  }
  return Json{{"methods", std::move(list)}}.dump(2) + '\n';
}

}  // namespace tailrace::report
