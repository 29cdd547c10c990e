#include "tailrace/spec/writer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tailrace/spec/kinds.hpp"
#include "tailrace/spec/prepare.hpp"
#include "tailrace/spec/reader.hpp"
#include "tailrace/spec/toml.hpp"

namespace tailrace::spec {
namespace {

/// A tridiagonal problem, ten steps, and the recipe's defaults.
Experiment smallest() {
  Experiment experiment;
  experiment.problem = problem::Tridiagonal{};
  experiment.run.stop.steps = 10;
  experiment.methods = {{.name = "m", .how = Recipes::Choice{recipe::AsyncSgd{}}}};
  return experiment;
}

/// The text of the experiment that the text of this one reads as.
std::string there_and_back(const Experiment& experiment) {
  const Result<Experiment> copy = parse_experiment(to_toml(experiment), "copy.toml");
  return copy ? to_toml(*copy) : to_string(copy.error());
}

TEST(Writer, SpellsOutEveryDefault) {
  EXPECT_EQ(to_toml(smallest()), R"(title = "untitled"

[problem]
kind = "tridiagonal"
dimension = 1729
heterogeneity = 0.0
noise = "none"

[workers]
count = 1
speed = { kind = "equal", seconds = 1.0 }
delay = "fixed"
per = "step"

[run]
seeds = [1]
stop = { steps = 10, loss_above = inf }
evaluate = {}
engine = "sim"
waits = true
threads = 0
checkpoint_every = "30s"
measure = false
save_model = false

[[method]]
name = "m"
recipe = "async_sgd"
step_size = { kind = "constant", value = 0.1, warm_up = 0 }
wait = 1
)");
}

TEST(Writer, GivesTheSameExperimentForTheDefaultsOfEveryRecipe) {
  Recipes::each([]<class Recipe>() {
    SCOPED_TRACE(Recipe::name);
    Experiment experiment = smallest();
    experiment.workers.count = 16;
    experiment.methods = {{.name = "m", .how = Recipes::Choice{Recipe{}}}};
    EXPECT_EQ(there_and_back(experiment), to_toml(experiment));
  });
}

TEST(Writer, GivesTheSameExperimentForEveryPartOfAMethod) {
  Parts parts;
  Transforms::each([&]<class Transform>() { parts.each.emplace_back(Transform{}); });
  parts.then = {policy::Momentum{}, policy::ClipNorm{}};
  parts.local = LocalSteps{.steps = 3, .step_size = policy::CosineStep{}, .each = parts.then};
  Combiners::each([&]<class Combiner>() {
    Assigners::each([&]<class Assigner>() {
      parts.combine = Combiner{};
      parts.next.who = Assigner{};
      Experiment experiment = smallest();
      experiment.methods = {{.name = "m", .how = parts}};
      EXPECT_EQ(there_and_back(experiment), to_toml(experiment));
    });
  });
}

/// What a choice reads as after it has been written, as text; the errors where it cannot be read.
template <class Choice>
std::string copy_of(const Choice& choice) {
  const Node root = *parse_toml("value = " + to_toml(Writer::node(choice)) + "\n", "copy.toml");
  Findings findings;
  Choice copy;
  Reader(findings).read(*root.find("value"), copy, Field{}, At{}.option({}, "value"));
  return findings.empty() ? to_toml(Writer::node(copy)) : to_string(findings.errors());
}

template <class... Ts>
void expect_copies(const std::variant<Ts...>* /*type*/) {
  using Choice = std::variant<Ts...>;
  const auto check = [](const auto& component) {
    const std::string text = to_toml(Writer::node(Choice(component)));
    // A required option has no default that could be read.
    const bool required = text.find("\"\"") != std::string::npos;
    if (!required) {
      EXPECT_EQ(copy_of(Choice(component)), text);
    }
  };
  (check(Ts{}), ...);
}

TEST(Writer, GivesTheSameComponentForTheDefaultsOfEveryKind) {
  Kinds::each([]<class Choice>() { expect_copies(static_cast<const Choice*>(nullptr)); });
}

TEST(Writer, GivesTheSameWorkers) {
  delay::Workers workers{.count = 3};
  workers.speed = delay::ListedSpeeds{.seconds = {1, 0.1, 2.5}};
  workers.network.emplace();
  workers.network->both.bandwidth.bytes_per_second = 12.5e6;
  workers.network->up.emplace();
  workers.network->up->latencies = {Time{1}, Time{20'000'000}, Time{3'600'000'000'000}};
  workers.outage.emplace();
  Experiment experiment = smallest();
  experiment.workers = workers;

  EXPECT_EQ(there_and_back(experiment), to_toml(experiment));
}

TEST(Writer, GivesTheSameTargetAndSeeds) {
  Experiment experiment = smallest();
  experiment.run.seeds = {0, 9'223'372'036'854'775'807U};
  experiment.run.stop.target = {.metric = engine::Metric::loss, .below = 1.0 / 3};
  experiment.run.evaluate.every = Time{1};
  experiment.run.engine = Engine::threads;

  EXPECT_EQ(there_and_back(experiment), to_toml(experiment));
}

TEST(Identity, ChangesWithWhatDecidesARunAndWithNothingElse) {
  const Experiment experiment = smallest();
  const std::string same = identity(experiment, experiment.methods[0], 1);
  Experiment longer = experiment;
  longer.run.stop.steps = 20;
  longer.run.threads = 7;
  Experiment larger = experiment;
  larger.workers.count = 2;

  EXPECT_EQ(identity(longer, longer.methods[0], 1), same);
  EXPECT_NE(identity(larger, larger.methods[0], 1), same);
  EXPECT_NE(identity(experiment, experiment.methods[0], 2), same);
}

}  // namespace
}  // namespace tailrace::spec
