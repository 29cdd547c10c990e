#include "cli/fingerprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tailrace/core/hash.hpp"
#include "tailrace/spec/toml.hpp"
#include "tailrace/spec/writer.hpp"

namespace tailrace::cli {
namespace {

struct Part {
  std::string name;
  std::string value;
};

template <class T>
Part part(std::string name, const T& value) {
  return {std::move(name), spec::to_toml(spec::Writer::node(value))};
}

/// When runs end and how they are computed: what spec::identity() leaves out.
std::vector<Part> ending_of(const spec::Run& run) {
  return {part("run.stop", run.stop), part("run.engine", run.engine), part("run.waits", run.waits),
          part("run.measure", run.measure)};
}

/// What all runs of an experiment have in common, whichever engine goes on with them.
std::vector<Part> parts_of(const spec::Experiment& experiment) {
  return {part("problem", experiment.problem), part("workers", experiment.workers),
          part("run.evaluate", experiment.run.evaluate), part("run.stop", experiment.run.stop),
          part("run.measure", experiment.run.measure)};
}

Error other_experiment(std::string what, const std::string& where) {
  return {.code = "cli/other-experiment",
          .what = std::move(what),
          .where = where,
          .fix = "resume with the options it was begun with, or none; begin another: --out DIR"};
}

/// The parts have been found equal, so that a run differs by its method and seed alone.
void check_runs(const spec::Experiment& wanted, const spec::Experiment& stored,
                const std::string& where, Errors& errors) {
  for (const spec::MethodSpec& method : wanted.methods) {
    const auto found = std::find_if(stored.methods.begin(), stored.methods.end(),
                                    [&](const auto& other) { return other.name == method.name; });
    if (found == stored.methods.end()) {
      errors.push_back(other_experiment(
          fmt::format("the run was begun without the method \"{}\"", method.name), where));
    } else if (spec::identity(wanted, method, 0) != spec::identity(stored, *found, 0)) {
      errors.push_back(other_experiment(
          fmt::format("the run was begun with other options of the method \"{}\"", method.name),
          where));
    }
  }
  for (const std::uint64_t seed : wanted.run.seeds) {
    const std::vector<std::uint64_t>& seeds = stored.run.seeds;
    if (std::find(seeds.begin(), seeds.end(), seed) == seeds.end()) {
      errors.push_back(
          other_experiment(fmt::format("the run was begun without the seed {}", seed), where));
    }
  }
}

}  // namespace

std::uint64_t fingerprint_of(const spec::Experiment& experiment, const spec::MethodSpec& method,
                             std::uint64_t seed) {
  const std::string text = spec::identity(experiment, method, seed);
  return hash_bytes(text.data(), text.size());
}

std::uint64_t result_fingerprint_of(const spec::Experiment& experiment,
                                    const spec::MethodSpec& method, std::uint64_t seed) {
  std::string text = spec::identity(experiment, method, seed);
  for (const Part& ending : ending_of(experiment.run)) {
    text += fmt::format("{} = {}\n", ending.name, ending.value);
  }
  return hash_bytes(text.data(), text.size());
}

bool may_be_result_of(std::uint64_t fingerprint, const spec::Experiment& experiment,
                      const spec::MethodSpec& method, std::uint64_t seed) {
  spec::Experiment other = experiment;
  for (const auto& [name, engine] : EnumNames<spec::Engine>::values) {
    other.run.engine = engine;
    for (const bool waits : {true, false}) {
      other.run.waits = waits;
      if (result_fingerprint_of(other, method, seed) == fingerprint) return true;
    }
  }
  return false;
}

Status check_same(const spec::Experiment& wanted, const spec::Experiment& stored,
                  const std::string& where) {
  constexpr std::size_t value_max = 60;
  Errors errors;
  const std::vector<Part> now = parts_of(wanted);
  const std::vector<Part> then = parts_of(stored);
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i].value == then[i].value) continue;
    const bool tell = std::max(now[i].value.size(), then[i].value.size()) <= value_max;
    errors.push_back(
        other_experiment(tell ? fmt::format("{} = {}, but the run was begun with {}", now[i].name,
                                            now[i].value, then[i].value)
                              : fmt::format("{} is not what the run was begun with", now[i].name),
                         where));
  }
  if (errors.empty()) check_runs(wanted, stored, where, errors);
  if (!errors.empty()) return fail(std::move(errors));
  return {};
}

}  // namespace tailrace::cli
