#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "tailrace/torch/module_network.hpp"
#include "tailrace/torch/network_test.hpp"
#include "tailrace/torch/problem.hpp"
#include "tailrace/torch/weights.hpp"
#include "tests/torch/problems_test.hpp"

/// What cannot be trained is refused by name, before the first step.
namespace tailrace::torch {
namespace {

using namespace tailrace::torch::testing;
using ::testing::HasSubstr;

const neural::TaskShape features{.sample = {3}, .outputs = 2};

/// outputs = values w
struct Linear : ::torch::nn::Module {
  Linear(std::int64_t inputs, std::int64_t outputs, at::ScalarType type = at::kFloat) {
    weight = register_parameter("weight", at::ones({inputs, outputs}, type));
  }
  at::Tensor forward(const at::Tensor& values) {
    return at::matmul(values.to(weight.scalar_type()), weight);
  }
  at::Tensor weight;
};

struct NothingToLearn : ::torch::nn::Module {
  at::Tensor forward(const at::Tensor& values) { return values.narrow(1, 0, 2); }
};

problem::BuiltProblem problem_with(std::function<std::unique_ptr<Network>()> network,
                                   const neural::Learning& learning = {.batch = 2}) {
  Definition definition;
  definition.network = std::move(network);
  return make_problem(std::move(definition), course_of(learning, random_samples(features, 8)));
}

std::string code_of(const problem::BuiltProblem& problem) {
  return problem ? "built" : problem.error().front().code;
}

TEST(MakeProblem, TakesAModuleThatFits) {
  EXPECT_EQ(code_of(problem_with([] { return make_network(std::make_shared<Linear>(3, 2)); })),
            "built");
}

TEST(MakeProblem, RefusesParametersInDouble) {
  const auto problem =
      problem_with([] { return make_network(std::make_shared<Linear>(3, 2, at::kDouble)); });

  ASSERT_EQ(code_of(problem), "model/wrong-type");
  EXPECT_EQ(problem.error().front().what, "parameter \"weight\" has type Double, not 32-bit float");
}

TEST(MakeProblem, RefusesAModelWithoutParameters) {
  EXPECT_EQ(code_of(problem_with([] { return make_network(std::make_shared<NothingToLearn>()); })),
            "model/no-parameters");
}

TEST(MakeProblem, RefusesOutputsThatTheTaskDoesNotHave) {
  const auto problem = problem_with([] { return make_network(std::make_shared<Linear>(3, 5)); });

  ASSERT_EQ(code_of(problem), "model/wrong-output");
  EXPECT_THAT(problem.error().front().what, HasSubstr("10 numbers of shape 2 x 5"));
}

TEST(MakeProblem, RefusesAModelThatDoesNotTakeTheInputs) {
  const auto problem = problem_with([] { return make_network(std::make_shared<Linear>(4, 2)); });

  ASSERT_EQ(code_of(problem), "model/wrong-output");
  EXPECT_THAT(problem.error().front().what, HasSubstr("refuses a batch"));
}

/// Fails as a script does that takes other inputs.
struct FailingScript : Linear {
  FailingScript() : Linear(3, 2) {}
  static at::Tensor forward(const at::Tensor& /*values*/) {
    throw std::runtime_error(
        "The following operation failed in the TorchScript interpreter.\nTraceback (most recent "
        "call last):\n  return F.linear(input)\n  ~~~ <--- HERE\nRuntimeError: shapes differ\n");
  }
};

TEST(MakeProblem, QuotesOfAScriptThatFailsTheLineThatSaysWhy) {
  const auto problem = problem_with([] { return make_network(std::make_shared<FailingScript>()); });

  ASSERT_EQ(code_of(problem), "model/wrong-output");
  EXPECT_EQ(problem.error().front().what,
            "the model refuses a batch of this task: RuntimeError: shapes differ");
}

TEST(MakeProblem, RefusesAGraphicsCardThatIsNotThere) {
  if (at::globalContext().hasCUDA()) GTEST_SKIP() << "there is one";
  const auto problem = problem_with([] { return make_network(std::make_shared<Linear>(3, 2)); },
                                    {.batch = 2, .device = neural::Device::cuda});

  ASSERT_EQ(code_of(problem), "model/no-cuda");
  EXPECT_EQ(problem.error().front().where, "device");
}

TEST(MakeProblem, RefusesToEvaluateInTrainingModeWhatDraws) {
  const auto problem = problem_with(
      [] { return make_network(std::make_shared<Linear>(3, 2), {.draws_globally = true}); },
      {.batch = 2, .batch_statistics = neural::BatchStatistics::local});

  EXPECT_EQ(code_of(problem), "model/draws-globally");
}

TEST(MakeCourse, RefusesABatchThatAShardDoesNotHave) {
  const auto course = neural::make_course({.batch = 5}, random_samples(features, 8), nullptr,
                                          neural::Score::none, 2, 1);

  ASSERT_FALSE(course);
  EXPECT_EQ(course.error().front().code, "problem/batch-too-large");
}

/// Tensors of an mlp of 3 inputs, 4 hidden units and 2 outputs, under names of one's own.
std::string weights_file(const std::string& name, const std::vector<std::string>& names) {
  std::vector<Real> halves(12, 0.5);
  std::vector<neural::Weight> weights;
  for (const std::string& each : names) {
    weights.push_back({each, {4, 3}, halves});
  }
  const std::string path = ::testing::TempDir() + "tailrace_" + name + ".safetensors";
  EXPECT_TRUE(neural::save_weights(path, weights));
  return path;
}

problem::BuiltProblem mlp_from(const std::string& file) {
  return make_model_problem(
      {.model = neural::Mlp{.hidden = {4}},
       .course = course_of({.weights = file, .batch = 2}, random_samples(features, 8))});
}

/// The name of the matrix between inputs and hidden units.
std::string first_matrix() {
  return build_network(neural::Mlp{.hidden = {4}}, features)->get()->parameters()[0].name;
}

TEST(StartingWeights, AreTakenByNameAndWhatIsMissingOrLeftOverIsSaid) {
  const auto problem = mlp_from(weights_file("some", {first_matrix(), "head.weight"}));
  const auto plain = mlp_from("");
  ASSERT_TRUE(problem) << to_string(problem.error());

  const std::vector<Real> start = start_of(**problem);

  EXPECT_EQ(std::vector<Real>(start.begin(), start.begin() + 12), std::vector<Real>(12, 0.5));
  const std::vector<Real> drawn = start_of(**plain);
  EXPECT_TRUE(std::equal(start.begin() + 12, start.end(), drawn.begin() + 12));
  EXPECT_THAT((*problem)->describe(), HasSubstr("1 tensor"));
  EXPECT_THAT((*problem)->describe(), HasSubstr("3 missing"));
  EXPECT_THAT((*problem)->describe(), HasSubstr("1 left over: head.weight"));
}

TEST(StartingWeights, OfNoKnownNameAreRefused) {
  EXPECT_EQ(code_of(mlp_from(weights_file("none", {"head.weight"}))), "model/wrong-weights");
}

TEST(StartingWeights, ThatAreNotThereAreRefused) {
  const auto problem = mlp_from("no-such-file.safetensors");

  ASSERT_FALSE(problem);
  EXPECT_THAT(to_string(problem.error()), HasSubstr("no-such-file.safetensors"));
}

}  // namespace
}  // namespace tailrace::torch
