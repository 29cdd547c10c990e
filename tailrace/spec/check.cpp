#include "tailrace/spec/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "tailrace/policy/check_method.hpp"

namespace tailrace::spec {
namespace {

class Checker {
 public:
  Checker(const Experiment& experiment, const Node& document, Findings& findings)
      : experiment_(experiment), document_(document), findings_(findings) {}

  void run() {
    if (usable("run.seeds")) seeds();
    if (usable("run.stop")) stop();
    if (usable("run.stop") && usable("run.evaluate")) evaluations();
    if (usable("workers.count")) methods();
  }

 private:
  [[nodiscard]] bool usable(const std::string& path) const { return !findings_.touch(path); }

  void add(Finding finding) {
    const Place place = place_of(document_, finding.path);
    findings_.add(place, std::move(finding));
  }

  void seeds() {
    const std::vector<std::uint64_t>& seeds = experiment_.run.seeds;
    if (seeds.empty()) {
      add({.code = "no-seeds",
           .what = "run.seeds is empty, so nothing would run",
           .path = "run.seeds",
           .fix = "give at least one, such as seeds = [1]"});
    }
    std::set<std::uint64_t> seen;
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      if (seen.insert(seeds[i]).second) continue;
      add({.code = "duplicate-seed",
           .what = fmt::format("seed {} is there twice, and both runs would be the same", seeds[i]),
           .path = fmt::format("run.seeds[{}]", i),
           .fix = "choose different numbers"});
    }
  }

  void stop() {
    const engine::Stop& stop = experiment_.run.stop;
    const bool limited = stop.steps || stop.time || stop.gradients;
    if (!limited && !stop.target) {
      add({.code = "no-stop-rule",
           .what = "no rule says when a run ends",
           .path = "run.stop",
           .fix = "add stop = { time = \"1000s\" }, or steps, or gradients"});
    } else if (!limited) {
      add({.code = "no-limit",
           .what = "a method that never reaches the target would run forever",
           .path = "run.stop",
           .fix = "add a limit beside the target: time, steps or gradients"});
    }
    if (stop.target) target(*stop.target);
  }

  /// Evaluations cost full passes over the data and rows of metrics, however short their interval.
  void evaluations() {
    constexpr double evaluations_max = 1e6;
    const engine::Stop& stop = experiment_.run.stop;
    const engine::Evaluate& evaluate = experiment_.run.evaluate;
    const auto refuse = [&](double count, std::string_view key, const std::string& least) {
      if (count <= evaluations_max) return;
      add({.code = "too-many-evaluations",
           .what =
               fmt::format("the model would be evaluated {:.3g} times, more than a million", count),
           .path = fmt::format("run.evaluate.{}", key),
           .fix = fmt::format("choose {} or more", least)});
    };
    if (stop.time && evaluate.every) {
      const Time least = Time::from_seconds(stop.time->seconds() / evaluations_max);
      refuse(stop.time->seconds() / evaluate.every->seconds(), "every",
             fmt::format("\"{}\"", tailrace::to_string(std::max(least, Time{1}))));
    }
    if (stop.steps && evaluate.every_steps) {
      const auto steps = static_cast<double>(*stop.steps);
      refuse(steps / static_cast<double>(*evaluate.every_steps), "every_steps",
             fmt::format("{:.0f}", std::ceil(steps / evaluations_max)));
    }
  }

  void target(const engine::Target& target) {
    const std::string path = "run.stop.target";
    const std::string_view metric = name_of(target.metric);
    if (target.below.has_value() == target.above.has_value()) {
      return add({.code = "target",
                  .what = target.below ? "the target has two bounds" : "the target has no bound",
                  .path = path,
                  .fix = fmt::format("give one: {{ metric = \"{}\", {} = ... }}", metric,
                                     engine::more_is_better(target.metric) ? "above" : "below")});
    }
    if (const std::optional<std::string> reason = unreachable(target)) {
      add({.code = "target-unreachable",
           .what = fmt::format("{} never gets {} {}", metric, target.below ? "below" : "above",
                               target.below.value_or(target.above.value_or(0))),
           .path = path,
           .fix = *reason});
    }
    const engine::Evaluate& evaluate = experiment_.run.evaluate;
    if (usable("run.evaluate") && !evaluate.every && !evaluate.every_steps) {
      add({.code = "target-not-evaluated",
           .what = "the target is looked at only when the model is evaluated, which is never",
           .path = path,
           .fix = "add evaluate = { every = \"10s\" } or { every_steps = 100 } to [run]"});
    }
  }

  static std::optional<std::string> unreachable(const engine::Target& target) {
    // Written so that NaN, which no comparison reaches, is refused.
    const bool below_zero = target.below && !(*target.below >= 0);
    const bool above_one =
        target.above && engine::more_is_better(target.metric) && !(*target.above <= 1);
    if (above_one) return "it is never above 1: choose at most 1";
    if (below_zero) return "it is never negative: choose 0 or more";
    if (target.above && !(*target.above < infinity)) return "choose a finite number";
    return std::nullopt;
  }

  void methods() {
    for (std::size_t i = 0; i < experiment_.methods.size(); ++i) {
      const std::string path = fmt::format("method[{}]", i);
      if (!usable(path)) continue;
      const policy::Method method = experiment_.methods[i].method();
      blame(policy::check(method, experiment_.workers.count), path, document_, findings_);
      if (usable("run.stop")) fills(method, path);
    }
  }

  /// A buffer that the stop rule never lets fill makes a run without a step.
  void fills(const policy::Method& method, const std::string& path) {
    const std::optional<std::uint64_t> gradients = experiment_.run.stop.gradients;
    const std::uint64_t needed = method.combine.waits_for(experiment_.workers.count);
    const std::uint64_t local = std::max<std::uint64_t>(method.local.steps, 1);
    if (!gradients || needed <= *gradients / local) return;
    add({.code = "never-steps",
         .what = fmt::format("a step takes {} updates of {} gradients, but the run ends after {} "
                             "gradients",
                             needed, local, *gradients),
         .path = path,
         .fix = fmt::format("collect at most {} updates, or raise run.stop.gradients",
                            *gradients / local)});
  }

  const Experiment& experiment_;
  const Node& document_;
  Findings& findings_;
};

}  // namespace

void check(const Experiment& experiment, const Node& document, Findings& findings) {
  Checker(experiment, document, findings).run();
}

void blame(const Errors& errors, const std::string& prefix, const Node& document,
           Findings& findings) {
  for (const Error& error : errors) {
    if (error.in_data) {
      findings.add({.source = std::make_shared<const std::string>(error.where)},
                   {.code = error.code, .what = error.what, .path = {}, .fix = error.fix});
      continue;
    }
    std::string path = prefix;
    if (!path.empty() && !error.where.empty()) path += '.';
    path += error.where;
    const Place place = place_of(document, path);
    findings.add(place, {.code = error.code, .what = error.what, .path = path, .fix = error.fix});
  }
}

}  // namespace tailrace::spec
