#include "tailrace/spec/read_experiment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tailrace/spec/check.hpp"
#include "tailrace/spec/document.hpp"
#include "tailrace/spec/prepare.hpp"
#include "tailrace/spec/toml.hpp"

namespace tailrace::spec {
namespace {

constexpr std::string_view good = R"(title = "half of the workers four times slower"

[problem]
kind = "logistic"
data = "a9a"
regularizer = { kind = "nonconvex", strength = 0.1 }
batch = 8
shards = { kind = "dirichlet", alpha = 0.5 }
noise = { kind = "pareto", tail_index = 1.5, scale = 0.1 }

[workers]
count = 16
speed = { kind = "two_speeds", slow_share = 0.5, slowdown = 4 }
delay = { kind = "lognormal", sigma = 0.3 }
network = { latency = "20ms", bandwidth = "100Mbit/s" }

[run]
seeds = [1, 2, 3]
stop = { time = "2000s", target = { metric = "gradient_norm", below = 0.05 } }
evaluate = { every = "10s" }

[[method]]
recipe = "async_sgd"
step_size = 0.1

[[method]]
recipe = "clip2"
scheme = "client_centric"
local_steps = 3
buffer = 4
worker = { step_size = 0.05, clip = 1.0 }
server = { step_size = 1.0, clip = 2.0 }
staleness = { kind = "polynomial", exponent = 0.5 }
compensation = 0.04

[[method]]
name = "mine"
local = { steps = 2, step_size = 0.1, each = [{ clip_norm = 1.0 }] }
send = [{ top_k = 0.1 }, "int8"]
each = [{ clip_norm = 1.0 }, { scale_by_staleness = 0.5 }]
combine = { buffer = 4 }
then = [{ momentum = { beta = 0.9 } }]
next = "shuffled"
step_size = 0.05
)";

/// The smallest experiment that is complete, and lines after it.
std::string with(std::string_view more) {
  return R"([problem]
kind = "tridiagonal"
[run]
stop = { steps = 10 }
[[method]]
recipe = "async_sgd"
)" + std::string(more);
}

std::string errors_of(std::string_view text) {
  const Result<Experiment> experiment = parse_experiment(text, "e.toml");
  return experiment ? "" : to_string(experiment.error());
}

TEST(ReadExperiment, ReadsTheTablesOfAnExperiment) {
  const Result<Experiment> experiment = parse_experiment(good, "e.toml");

  ASSERT_TRUE(experiment) << to_string(experiment.error());
  EXPECT_EQ(experiment->title, "half of the workers four times slower");
  const auto& problem = std::get<problem::Logistic>(experiment->problem);
  EXPECT_EQ(problem.data, "a9a");
  EXPECT_EQ(problem.batch, 8U);
  EXPECT_EQ(std::get<problem::Pareto>(problem.noise).tail_index, 1.5);
  EXPECT_EQ(experiment->workers.count, 16U);
  EXPECT_EQ(std::get<delay::TwoSpeeds>(experiment->workers.speed).slowdown, 4);
  EXPECT_EQ(experiment->workers.network->both.latency, Time{20'000'000});
  EXPECT_EQ(experiment->run.seeds, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(experiment->run.stop.target->below, 0.05);
}

TEST(ReadExperiment, ReadsRecipesWithTheirOptionsBesideThem) {
  const Result<Experiment> experiment = parse_experiment(good, "e.toml");

  const MethodSpec& method = experiment->methods[1];
  EXPECT_EQ(method.name, "clip2");
  const auto& recipe = std::get<recipe::Clip2>(std::get<Recipes::Choice>(method.how));
  EXPECT_EQ(recipe.local_steps, 3U);
  EXPECT_EQ(std::get<policy::ConstantStep>(recipe.worker.step_size).value, 0.05);
  EXPECT_EQ(recipe.server.clip, 2);
  EXPECT_EQ(recipe.compensation, 0.04);
}

TEST(ReadExperiment, ReadsAMethodSpelledOutInParts) {
  const Result<Experiment> experiment = parse_experiment(good, "e.toml");

  const MethodSpec& method = experiment->methods[2];
  EXPECT_EQ(method.name, "mine");
  const auto& parts = std::get<Parts>(method.how);
  EXPECT_EQ(std::get<LocalSteps>(parts.local).steps, 2U);
  EXPECT_EQ(std::get<policy::Buffer>(parts.combine).size, 4U);
  EXPECT_EQ(std::get<policy::Momentum>(parts.then[0]).beta, 0.9);
  EXPECT_TRUE(std::holds_alternative<policy::Shuffled>(parts.next.who));

  const policy::Method built = method.method();
  EXPECT_EQ(built.local.steps, 2U);
  EXPECT_EQ(built.send.parts().size(), 2U);
  EXPECT_EQ(built.send.parts()[1].name(), "int8");
  EXPECT_EQ(built.each.parts().size(), 2U);
  EXPECT_EQ(built.each.parts()[0].name(), "clip_norm");
  EXPECT_EQ(built.combine.waits_for(16), 4U);
  EXPECT_TRUE(built.next.who.may_queue());
}

struct BadCase {
  std::string_view name;
  std::string text;
  std::string_view errors;
};

class ExperimentRefuses : public testing::TestWithParam<BadCase> {};

TEST_P(ExperimentRefuses, WithThisText) {
  EXPECT_EQ(errors_of(GetParam().text), GetParam().errors);
}

const std::string no_run =
    "[problem]\nkind = \"tridiagonal\"\n[[method]]\nrecipe = \"sgd\"\n[run]\n";

INSTANTIATE_TEST_SUITE_P(
    BadInput, ExperimentRefuses,
    testing::Values(
        BadCase{"EmptyFile", "",
                "error[spec/missing]: the experiment has no problem\n"
                "  at   e.toml:1:1  problem\n"
                "  fix  add [problem] with kind = \"...\"; all kinds: tailrace list problems\n"
                "error[spec/missing]: the experiment has no method\n"
                "  at   e.toml:1:1  method\n"
                "  fix  add [[method]] with recipe = \"...\"; all names: tailrace list recipes\n"
                "error[spec/no-stop-rule]: no rule says when a run ends\n"
                "  at   e.toml:1:1  run.stop\n"
                "  fix  add stop = { time = \"1000s\" }, or steps, or gradients"},
        BadCase{"UnknownTable", with("[worker]\ncount = 3\n"),
                "error[spec/unknown-key]: an experiment has no \"worker\"\n"
                "  at   e.toml:7:2  worker\n"
                "  fix  did you mean \"workers\"?"},
        BadCase{"UnknownRecipe", with("[[method]]\nrecipe = \"fedbuf\"\nbuffer = 3\n"),
                "error[spec/unknown-recipe]: no recipe is called \"fedbuf\"\n"
                "  at   e.toml:8:10  method[1].recipe\n"
                "  fix  did you mean \"fedbuff\"?  all names: tailrace list recipes"},
        BadCase{"UnknownOptionOfARecipe", with("stepsize = 0.1\n"),
                "error[spec/unknown-key]: async_sgd has no option \"stepsize\"\n"
                "  at   e.toml:7:1  method[0].stepsize\n"
                "  fix  did you mean \"step_size\"?"},
        BadCase{"UnknownTransform",
                with("[[method]]\nname = \"m\"\neach = [\"normalize\", { clip_nrom = 1 }]\n"),
                "error[spec/unknown-transform]: no transform is called \"clip_nrom\"\n"
                "  at   e.toml:9:36  method[1].each[1].clip_nrom\n"
                "  fix  did you mean \"clip_norm\"?  all names: tailrace list transforms"},
        BadCase{"ZeroWorkers", with("[workers]\ncount = 0\n"),
                "error[spec/out-of-range]: workers.count = 0 is outside [1, 1000000000]\n"
                "  at   e.toml:8:9  workers.count\n"
                "  fix  choose at least 1 and at most 1000000000; number of workers"},
        BadCase{"StepSizeOfARecipe", with("step_size = { kind = \"cosine\", steps = 0 }\n"),
                "error[spec/out-of-range]: cosine.steps = 0 is outside [1, inf]\n"
                "  at   e.toml:7:40  method[0].step_size.steps\n"
                "  fix  choose 1 or more; length of the descent; constant afterwards"},
        BadCase{"MethodWithoutAnything", with("[[method]]\nname = \"m\"\n"),
                "error[spec/missing]: this method has neither a recipe nor parts\n"
                "  at   e.toml:7:1  method[1]\n"
                "  fix  add recipe = \"...\"; all names: tailrace list recipes"},
        BadCase{"DuplicateMethods", with("[[method]]\nrecipe = \"async_sgd\"\nwait = 1\n"),
                "error[spec/duplicate-method]: method[0] and method[1] are both called "
                "\"async_sgd\"\n"
                "  at   e.toml:7:1  method[1]\n"
                "  fix  give one of them another name, such as name = \"async_sgd_2\""},
        BadCase{"NameThatIsNoFolder", with("name = \"../up\"\n"),
                "error[spec/wrong-value]: \"../up\" cannot be a method's name\n"
                "  at   e.toml:7:8  method[0].name\n"
                "  fix  its results go to a folder of that name: use letters, digits, and _ - + ."},
        BadCase{"NoStopRule", no_run + "seeds = [4]\n",
                "error[spec/no-stop-rule]: no rule says when a run ends\n"
                "  at   e.toml:5:1  run.stop\n"
                "  fix  add stop = { time = \"1000s\" }, or steps, or gradients"},
        BadCase{"OnlyATarget",
                no_run + "stop.target = { metric = \"loss\", below = 1 }\n"
                         "evaluate.every_steps = 1\n",
                "error[spec/no-limit]: a method that never reaches the target would run forever\n"
                "  at   e.toml:6:1  run.stop\n"
                "  fix  add a limit beside the target: time, steps or gradients"},
        BadCase{"TargetThatIsNeverEvaluated",
                no_run + "stop = { steps = 9, target = { metric = \"loss\", below = 1 } }\n",
                "error[spec/target-not-evaluated]: the target is looked at only when the model is "
                "evaluated, which is never\n"
                "  at   e.toml:6:30  run.stop.target\n"
                "  fix  add evaluate = { every = \"10s\" } or { every_steps = 100 } to [run]"},
        BadCase{"AccuracyAboveOne",
                no_run + "evaluate.every = 1\n"
                         "stop = { steps = 9, target = { metric = \"accuracy\", above = 90 } }\n",
                "error[spec/target-unreachable]: accuracy never gets above 90\n"
                "  at   e.toml:7:30  run.stop.target\n"
                "  fix  it is never above 1: choose at most 1"},
        BadCase{"GradientNormBelowZero",
                no_run + "evaluate.every = 1\n"
                         "stop = { steps = 9, target = { below = -0.5 } }\n",
                "error[spec/target-unreachable]: gradient_norm never gets below -0.5\n"
                "  at   e.toml:7:30  run.stop.target\n"
                "  fix  it is never negative: choose 0 or more"},
        BadCase{"TargetWithTwoBounds",
                no_run + "evaluate.every = 1\n"
                         "stop = { steps = 9, target = { below = 1, above = 2 } }\n",
                "error[spec/target]: the target has two bounds\n"
                "  at   e.toml:7:30  run.stop.target\n"
                "  fix  give one: { metric = \"gradient_norm\", below = ... }"},
        BadCase{"EmptySeeds", no_run + "stop.steps = 1\nseeds = []\n",
                "error[spec/no-seeds]: run.seeds is empty, so nothing would run\n"
                "  at   e.toml:7:9  run.seeds\n"
                "  fix  give at least one, such as seeds = [1]"},
        BadCase{"DuplicateSeeds", no_run + "stop.steps = 1\nseeds = [1, 2, 1]\n",
                "error[spec/duplicate-seed]: seed 1 is there twice, and both runs would be the "
                "same\n"
                "  at   e.toml:7:16  run.seeds[2]\n"
                "  fix  choose different numbers"},
        BadCase{"NegativeSeed", no_run + "stop.steps = 1\nseeds = [-1]\n",
                "error[spec/out-of-range]: run.seeds = -1 is outside [0, inf]\n"
                "  at   e.toml:7:10  run.seeds[0]\n"
                "  fix  choose 0 or more; every method runs once with each; methods share their "
                "noise"},
        BadCase{"EvaluationsWithoutEnd", no_run + "evaluate.every = \"1ns\"\nstop.time = \"10s\"\n",
                "error[spec/too-many-evaluations]: the model would be evaluated 1e+10 times, more "
                "than a million\n"
                "  at   e.toml:6:18  run.evaluate.every\n"
                "  fix  choose \"10us\" or more"},
        BadCase{"EvaluationsOfTooManySteps",
                no_run + "evaluate.every_steps = 1\nstop.steps = 3_000_000\n",
                "error[spec/too-many-evaluations]: the model would be evaluated 3e+06 times, more "
                "than a million\n"
                "  at   e.toml:6:24  run.evaluate.every_steps\n"
                "  fix  choose 3 or more"},
        BadCase{"BufferThatTheRunNeverFills",
                no_run + "stop.gradients = 100\n[[method]]\nname = \"m\"\n"
                         "combine = { buffer = 101 }\n",
                "error[spec/never-steps]: a step takes 101 updates of 1 gradients, but the run "
                "ends after 100 gradients\n"
                "  at   e.toml:7:1  method[1]\n"
                "  fix  collect at most 100 updates, or raise run.stop.gradients"},
        BadCase{"BufferBeyondReason",
                no_run + "stop.time = \"100s\"\n[[method]]\nname = \"m\"\n"
                         "combine = { buffer = 1_000_000_000 }\n",
                "error[method/waits-too-long]: a step takes 1000000000 updates from 1 jobs in "
                "flight: more than a million from each before the model moves once\n"
                "  at   e.toml:9:11  method[1].combine\n"
                "  fix  collect at most 1000000"},
        BadCase{"MixtureOfMoreThanAll",
                no_run + "stop.steps = 1\n[[method]]\nrecipe = \"fedasync\"\nmixing = 5\n",
                "error[method/mixes-more-than-all]: a mixture cannot hold 5 times the fresh model\n"
                "  at   e.toml:7:1  method[1].step_size\n"
                "  fix  choose a mixing of at most 1"}),
    [](const testing::TestParamInfo<BadCase>& test) { return std::string(test.param.name); });

TEST(ReadExperiment, ReadsATableOfStepsAsTheTableItIs) {
  const auto experiment =
      parse_experiment(with("[[method]]\nname = \"m\"\nlocal = { steps = 3 }\n"
                            "[[method]]\nname = \"n\"\nlocal = { steps = { steps = 4 } }\n"),
                       "e.toml");

  ASSERT_TRUE(experiment) << to_string(experiment.error());
  const auto steps = [&](std::size_t i) {
    return std::get<LocalSteps>(std::get<Parts>(experiment->methods[i].how).local).steps;
  };
  EXPECT_EQ(steps(1), 3U);
  EXPECT_EQ(steps(2), 4U);
}

TEST(Blame, LeavesPlacesInDataFilesAsTheyAre) {
  const Node document = *parse_toml("[problem]\ndata = \"a9a\"\n", "e.toml");
  Findings findings;

  blame({{.code = "data/empty", .what = "no sample", .where = "a9a", .fix = "", .in_data = true},
         {.code = "data/not-found", .what = "no file", .where = "data", .fix = ""}},
        "problem", document, findings);

  EXPECT_EQ(findings.errors()[0].where, "a9a");
  EXPECT_EQ(findings.errors()[1].where, "e.toml:2:8  problem.data");
}

TEST(ReadExperiment, RefusesNumbersBeyondAllSense) {
  for (const std::string_view line :
       {"noise = { kind = \"gaussian\", scale = inf }", "heterogeneity = inf",
        "noise = { kind = \"sub_weibull\", theta = 1000 }"}) {
    const std::string text = "[problem]\nkind = \"tridiagonal\"\n" + std::string(line) +
                             "\n[run]\nstop.steps = 1\n[[method]]\nrecipe = \"async_sgd\"\n";
    EXPECT_THAT(errors_of(text), testing::HasSubstr("error[spec/out-of-range]")) << line;
  }
  for (const std::string_view line :
       {"speed = 1e-300", "delay = { kind = \"gamma\", shape = 1e-300 }",
        "delay = { kind = \"uniform\", low = 1e300 }",
        "delay = { kind = \"poisson\", tick = 0 }"}) {
    EXPECT_THAT(errors_of(with("[workers]\n" + std::string(line) + "\n")),
                testing::HasSubstr("error[spec/out-of-range]"))
        << line;
  }
}

/// The toml blocks of a Markdown text that are whole experiments.
std::vector<std::string> experiments_in(const std::string& text) {
  std::vector<std::string> blocks;
  constexpr std::string_view fence = "```toml\n";
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    at += fence.size();
    std::string block = text.substr(at, text.find("```", at) - at);
    if (block.find("[problem]") != std::string::npos) blocks.push_back(std::move(block));
  }
  return blocks;
}

TEST(Documentation, ShowsExperimentsThatPassTheirCheck) {
  namespace fs = std::filesystem;
  const fs::path root = TAILRACE_SOURCE_DIR;
  std::vector<fs::path> pages = {root / "README.md"};
  if (fs::exists(root / "docs")) {
    for (const auto& entry : fs::recursive_directory_iterator(root / "docs")) {
      if (entry.path().extension() == ".md") pages.push_back(entry.path());
    }
  }
  std::size_t found = 0;
  for (const fs::path& page : pages) {
    for (const std::string& block : experiments_in(*read_text(page.string()))) {
      ++found;
      EXPECT_EQ(errors_of(block), "") << page << '\n' << block;
    }
  }
  EXPECT_GE(found, 1U);
}

}  // namespace
}  // namespace tailrace::spec
