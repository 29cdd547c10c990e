#include "tailrace/tune/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "tailrace/core/field_range.hpp"
#include "tailrace/core/time.hpp"
#include "tailrace/spec/text.hpp"

namespace tailrace::tune {
namespace {

problem::Evaluation evaluation_at_start(const spec::Prepared& prepared) {
  const problem::Problem& problem = *prepared.problems.front();
  std::vector<Real> start(problem.dimension());
  problem.start(prepared.experiment.run.seeds.front(), start);
  return problem.evaluate(start, nullptr);
}

Result<engine::Metric> choose_metric(const spec::Prepared& prepared, const Wish& wish) {
  const std::optional<engine::Target>& target = prepared.experiment.run.stop.target;
  const engine::Metric metric =
      wish.metric.value_or(target ? target->metric : engine::Metric::loss);
  const problem::Evaluation evaluation = evaluation_at_start(prepared);
  if (engine::value_of(metric, evaluation)) return metric;
  std::vector<std::string_view> known;
  for (const auto& [name, candidate] : EnumNames<engine::Metric>::values) {
    if (engine::value_of(candidate, evaluation)) known.push_back(name);
  }
  return fail({.code = "tune/metric",
               .what = fmt::format("this problem has no {}", name_of(metric)),
               .where = fmt::format("--metric {}", name_of(metric)),
               .fix = "choose one of " + spec::joined(known, ", ")});
}

Status check_length(const engine::Stop& stop) {
  if (stop.time || stop.steps || stop.gradients) return {};
  return fail({.code = "tune/no-length",
               .what = "only a target ends a run, so candidates would run forever",
               .where = "run.stop",
               .fix = "set a limit: --set run.stop.time=1000s, or steps, or gradients"});
}

Error bad_budget(std::string what, const std::string& where, std::string fix) {
  return {.code = "tune/budget", .what = std::move(what), .where = where, .fix = std::move(fix)};
}

/// Full runs, of every seed one.
Result<double> parse_budget(const std::string& text, const spec::Run& run) {
  const std::string where = "--budget " + text;
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && rest == end) return number;
  const std::optional<Time> time = parse_time(text);
  if (!time) {
    return fail(bad_budget(fmt::format("\"{}\" is neither a number nor a time", text), where,
                           "a number of full runs, such as 20, or virtual time, such as 8000s"));
  }
  if (!run.stop.time) {
    return fail(bad_budget("time is no measure here, as runs do not end by time", where,
                           "give a number of full runs, or --set run.stop.time=..."));
  }
  return time->seconds() / run.stop.time->seconds() / static_cast<double>(run.seeds.size());
}

Result<Halving> choose_halving(const spec::Run& run, const Wish& wish,
                               const std::vector<Range>& ranges, const std::vector<double>& start) {
  Halving halving = wish.halving;
  if (!wish.budget.empty()) {
    const Result<double> budget = parse_budget(wish.budget, run);
    if (!budget) return fail(budget.error());
    halving.budget = *budget;
  } else if (!wish.own_budget) {
    halving.budget = default_budget(ranges.size());
  }
  if (Status fine = check_ranges(halving, "tune"); !fine) return fail(fine.error());
  constexpr std::size_t candidates_min = 4;
  if (Search(ranges, start, halving, run.seeds.size()).affordable(halving.budget) <
      candidates_min) {
    return fail(
        bad_budget(fmt::format("a budget of {:.3g} full runs is too small for {} candidates",
                               halving.budget, candidates_min),
                   wish.budget.empty() ? "budget" : "--budget " + wish.budget, "choose 3 or more"));
  }
  return halving;
}

}  // namespace

std::vector<std::string> Plan::names() const {
  std::vector<std::string> names;
  for (const Range& range : ranges) names.push_back(range.path);
  return names;
}

double default_budget(std::size_t ranges) {
  return std::min(40.0, 10.0 * static_cast<double>(ranges));
}

Result<Plan> plan(const spec::Prepared& prepared, const Wish& wish) {
  const spec::Experiment& experiment = prepared.experiment;
  if (Status fine = check_length(experiment.run.stop); !fine) return fail(fine.error());
  const std::vector<Parameter> parameters = parameters_of(experiment.methods.at(wish.method));
  Result<std::vector<Range>> ranges = ranges_of(parameters, wish.ranges);
  if (!ranges) return fail(ranges.error());
  const Result<engine::Metric> metric = choose_metric(prepared, wish);
  if (!metric) return fail(metric.error());
  Plan plan{
      .method = wish.method, .ranges = *ranges, .start = {}, .metric = *metric, .halving = {}};
  for (const Range& range : *ranges) {
    plan.start.push_back(
        std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& parameter) {
          return parameter.path == range.path;
        })->value);
  }
  const Result<Halving> halving = choose_halving(experiment.run, wish, plan.ranges, plan.start);
  if (!halving) return fail(halving.error());
  plan.halving = *halving;
  return plan;
}

}  // namespace tailrace::tune
