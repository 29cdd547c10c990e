#include "tailrace/spec/memory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "tailrace/spec/prepare.hpp"
#include "tailrace/spec/read_experiment.hpp"
#include "tailrace/spec/toml.hpp"

namespace tailrace::spec {
namespace {

using testing::HasSubstr;

std::string experiment(const std::string& problem, const std::string& more) {
  return "[problem]\n" + problem + "\n[run]\nstop.steps = 1\n[[method]]\n" + more;
}

/// What check_memory says of this file on a machine with 1 GB.
std::string errors_of(const std::string& text) {
  Node document = *parse_toml(text, "e.toml");
  Draft draft = read_experiment(document);
  EXPECT_TRUE(draft.findings.empty()) << to_string(draft.findings.errors());
  const problem::ProblemSize size =
      std::visit([&](const auto& problem) { return problem.size(draft.experiment.workers.count); },
                 draft.experiment.problem);
  check_memory(draft.experiment, size, 1e9, document, draft.findings);
  return to_string(draft.findings.errors());
}

TEST(Memory, TakesWhatFits) {
  EXPECT_EQ(errors_of(experiment("kind = \"tridiagonal\"\ndimension = 10_000_000",
                                 "recipe = \"async_sgd\"")),
            "");
}

TEST(Memory, RefusesAModelThatDoesNotFit) {
  EXPECT_EQ(errors_of(experiment("kind = \"tridiagonal\"\ndimension = 100_000_000",
                                 "recipe = \"async_sgd\"")),
            "error[spec/too-large]: the experiment takes 5.6 GB of memory or more, and 1 GB are "
            "available; most of it is its data and models\n"
            "  at   e.toml:1:1  problem\n"
            "  fix  choose a smaller dimension, fewer samples or fewer seeds");
}

TEST(Memory, RefusesTheModelOfADataFileByTheDimensionItIsToHave) {
  EXPECT_THAT(errors_of(experiment("kind = \"logistic\"\ndata = \"a\"\ndimension = 4_000_000_000",
                                   "recipe = \"async_sgd\"")),
              HasSubstr("takes 192 GB"));
}

TEST(Memory, RefusesSyntheticDataOfEveryWorkerTogether) {
  EXPECT_THAT(errors_of(experiment("kind = \"synthetic_logistic\"\nsamples = 1_000_000_000",
                                   "recipe = \"async_sgd\"")),
              HasSubstr("most of it is its data"));
}

TEST(Memory, RefusesMoreWorkersThanFitWithTheLineOfTheirNumber) {
  EXPECT_THAT(errors_of(experiment("kind = \"tridiagonal\"",
                                   "recipe = \"async_sgd\"\n[workers]\ncount = 1_000_000_000\n")),
              HasSubstr("e.toml:8:9  workers.count"));
}

TEST(Memory, RefusesMoreJobsInFlightThanFitWithTheMethod) {
  EXPECT_THAT(errors_of(experiment("kind = \"tridiagonal\"",
                                   "recipe = \"random_async_sgd\"\nconcurrency = 1_000_000_000")),
              testing::AllOf(HasSubstr("its jobs in flight"), HasSubstr("  method[0]")));
}

TEST(Memory, RefusesABufferOfMoreUpdatesThanFit) {
  EXPECT_THAT(errors_of(experiment("kind = \"tridiagonal\"", "combine = { buffer = 1_000_000 }")),
              HasSubstr("the updates that wait for a step"));
}

TEST(Memory, IsCheckedBeforeAnythingIsBuilt) {
  const std::string text =
      experiment("kind = \"tridiagonal\"\ndimension = 1_000_000_000\nheterogeneity = 1",
                 "recipe = \"async_sgd\"\n[workers]\ncount = 1_000_000_000\n");

  const auto prepared =
      prepare("e.toml", {}, [&](const std::string&) -> Result<std::string> { return text; });

  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().front().code, "spec/too-large");
}

TEST(Memory, OfThisMachineIsKnown) {
  EXPECT_GT(available_memory(), 1e6);
  EXPECT_LT(available_memory(), 1e15);
}

}  // namespace
}  // namespace tailrace::spec
