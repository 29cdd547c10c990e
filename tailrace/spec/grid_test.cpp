#include "tailrace/spec/grid.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "tailrace/spec/prepare.hpp"
#include "tailrace/spec/writer.hpp"

namespace tailrace::spec {
namespace {

Result<Experiment> read(const std::string& method) {
  return parse_experiment(
      "[problem]\nkind = \"tridiagonal\"\n[workers]\ncount = 4\n[run]\nstop = { steps = 10 }\n"
      "[[method]]\n" +
      method);
}

std::string error_of(const std::string& method) { return to_string(read(method).error()); }

TEST(Grid, MakesAMethodOfEveryCombination) {
  const auto experiment = read(
      "recipe = \"clipped_async_sgd\"\ngrid = { step_size = [0.5, 0.25], threshold = [1, 2, 4] "
      "}\n");

  ASSERT_TRUE(experiment) << to_string(experiment.error());
  ASSERT_EQ(experiment->methods.size(), 6U);
  EXPECT_EQ(experiment->methods[0].name, "clipped_async_sgd-step_size-0.5-threshold-1");
  EXPECT_EQ(experiment->methods[4].name, "clipped_async_sgd-step_size-0.25-threshold-2");
  for (const MethodSpec& method : experiment->methods) {
    EXPECT_EQ(method.group, "clipped_async_sgd");
  }
  const auto& last =
      std::get<recipe::ClippedAsyncSgd>(std::get<Recipes::Choice>(experiment->methods[5].how));
  EXPECT_EQ(last.threshold, 4);
  EXPECT_EQ(std::get<policy::ConstantStep>(last.step_size).value, 0.25);
}

TEST(Grid, ReachesOptionsOfInnerTables) {
  const auto experiment =
      read("recipe = \"clip2\"\nname = \"both\"\ngrid = { \"worker.clip\" = [0.5, 8] }\n");

  ASSERT_TRUE(experiment) << to_string(experiment.error());
  EXPECT_EQ(experiment->methods[1].name, "both-worker.clip-8");
  EXPECT_EQ(
      std::get<recipe::Clip2>(std::get<Recipes::Choice>(experiment->methods[1].how)).worker.clip,
      8);
}

TEST(Grid, LeavesOtherMethodsAndTheirOrderAlone) {
  const auto experiment = read(
      "recipe = \"sgd\"\n[[method]]\nrecipe = \"async_sgd\"\ngrid = { step_size = [1, 2] }\n"
      "[[method]]\nrecipe = \"minibatch_sgd\"\n");

  ASSERT_TRUE(experiment) << to_string(experiment.error());
  ASSERT_EQ(experiment->methods.size(), 4U);
  EXPECT_EQ(experiment->methods[0].group, "");
  EXPECT_EQ(experiment->methods[3].name, "minibatch_sgd");
}

TEST(Grid, SurvivesBeingWrittenOutAndReadBack) {
  const auto experiment = read("recipe = \"async_sgd\"\ngrid = { step_size = [1, 2] }\n");
  ASSERT_TRUE(experiment);

  const auto again = parse_experiment(to_toml(*experiment));

  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(to_toml(*again), to_toml(*experiment));
  EXPECT_EQ(again->methods[1].group, "async_sgd");
}

TEST(Grid, RefusesWhatIsNoTableOfLists) {
  EXPECT_THAT(error_of("recipe = \"async_sgd\"\ngrid = 3\n"),
              testing::HasSubstr("experiment:9:8  method[0].grid"));
  EXPECT_THAT(error_of("recipe = \"async_sgd\"\ngrid = { step_size = 1 }\n"),
              testing::HasSubstr("step_size in a grid takes a list of values"));
  EXPECT_THAT(error_of("recipe = \"async_sgd\"\ngrid = { step_size = [] }\n"),
              testing::HasSubstr("an empty list"));
}

TEST(Grid, ChecksEveryValueLikeAnyOther) {
  const std::string error = error_of("recipe = \"async_sgd\"\ngrid = { step_size = [1, -2] }\n");

  EXPECT_THAT(error, testing::HasSubstr("method[1].step_size"));
  EXPECT_THAT(error, testing::HasSubstr("-2"));
}

}  // namespace
}  // namespace tailrace::spec
