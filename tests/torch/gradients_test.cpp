#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tailrace/core/parallel.hpp"
#include "tailrace/neural/image_samples.hpp"
#include "tailrace/torch/network_test.hpp"
#include "tailrace/torch/replica.hpp"
#include "tests/torch/problems_test.hpp"

/// Gradients and figures are those of LibTorch, however they are cut into pieces.
namespace tailrace::torch {
namespace {

using namespace tailrace::torch::testing;
using neural::Learning;

std::unique_ptr<Network> started(const SmallCase& each) {
  auto network = build_network(each.model, each.task);
  initialize(**network, 7);
  (*network)->train(true);
  return std::move(*network);
}

std::vector<Real> numbers_of(const std::vector<NamedTensor>& tensors, bool gradients) {
  std::vector<Real> all;
  for (const NamedTensor& each : tensors) {
    const at::Tensor tensor = (gradients ? each.tensor.grad() : each.tensor).contiguous();
    const Real* const begin = tensor.data_ptr<float>();
    all.insert(all.end(), begin, begin + tensor.numel());
  }
  return all;
}

TEST(Replica, WritesThroughViewsWhatIsCollectedTensorByTensor) {
  for (const SmallCase& each : small_cases()) {
    neural::Batch filled;
    const std::uint32_t numbers[] = {0, 1, 2};
    random_samples(each.task, 3)->fill(numbers, nullptr, filled);
    const TensorBatch batch = wrap(filled, each.task, at::kCPU);
    const LossFunction loss = loss_function(each.task.loss);
    const auto plain = started(each);
    loss(plain->forward(batch.inputs), batch.targets).backward();
    const Layout layout = layout_of(*plain);
    Replica replica(started(each), layout, at::kCPU);
    std::vector<Real> written(layout.dimension);

    replica.load(numbers_of(plain->parameters(), false));
    replica.backward(loss(replica.forward(batch, true), batch.targets), written);

    EXPECT_EQ(written, numbers_of(plain->parameters(), true)) << each.name;
  }
}

TEST(Replica, HasParametersAndGradientsThatAreViewsOfFlatVectors) {
  const SmallCase cnn = small_case("cnn");
  const Layout layout = layout_of(*started(cnn));
  Replica replica(started(cnn), layout, at::kCPU);
  neural::Batch filled;
  random_samples(cnn.task, 1)->fill(std::vector<std::uint32_t>{0}, nullptr, filled);
  const TensorBatch batch = wrap(filled, cnn.task, at::kCPU);
  replica.load(std::vector<Real>(layout.dimension, 0.01F));
  std::vector<Real> first(layout.dimension);
  std::vector<Real> second(layout.dimension);

  for (std::vector<Real>* const out : {&first, &second}) {
    replica.backward(replica.forward(batch, true).sum(), *out);

    const auto parameters = replica.network().parameters();
    const float* const flat = parameters[0].tensor.data_ptr<float>();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const std::size_t begin = layout.tensors[i].begin;
      EXPECT_EQ(parameters[i].tensor.data_ptr<float>(), flat + begin);
      EXPECT_EQ(parameters[i].tensor.grad().data_ptr<float>(), out->data() + begin);
    }
  }
  EXPECT_EQ(first, second);
}

/// One sample of another set, as a set of its own.
neural::SharedSamples alone(const neural::Samples& samples, std::uint32_t number) {
  neural::Batch one;
  const std::uint32_t numbers[] = {number};
  samples.fill(numbers, nullptr, one);
  return std::make_shared<PlainSamples>(samples.shape(), std::move(one));
}

TEST(MeanGradient, IsTheAverageOfTheGradientsOfSingleSamples) {
  for (const std::string name : {"mlp", "cnn", "lstm_text"}) {
    const SmallCase each = small_case(name);
    const auto samples = random_samples(each.task, 6);
    const auto problem =
        problem_of(each.model, course_of({.batch = 2, .evaluate = {.batch = 4}}, samples));
    const std::vector<Real> model = start_of(*problem);
    std::vector<Real> average(model.size());
    for (std::uint32_t number = 0; number < 6; ++number) {
      const auto one = problem_of(each.model, course_of({.batch = 1}, alone(*samples, number)));
      const std::vector<Real> gradient = gradient_of(*one, model);
      for (std::size_t j = 0; j < model.size(); ++j) average[j] += gradient[j] / 6;
    }
    std::vector<Real> mean(model.size());

    ASSERT_TRUE(problem->oracle()->mean_gradient(0, model, mean));

    expect_close(mean, average, 1e-6);
  }
}

TEST(MeanGradient, IsRefusedWithDropoutAndWithRandomCrops) {
  const neural::ImageOptions cropped{.count = 8, .test_count = 8, .padding = 2};
  const auto shapes = neural::open_images("synthetic-shapes", cropped, 1);
  const auto with_crops = problem_of(neural::Mlp{}, course_of({.batch = 2}, shapes->train));
  const SmallCase bert = small_case("bert");
  neural::Bert with_dropout = std::get<neural::Bert>(bert.model);
  with_dropout.dropout = 0.1;
  const auto drops =
      problem_of(with_dropout, course_of({.batch = 2}, random_samples(bert.task, 4)));

  for (const problem::Problem* problem : {with_crops.get(), drops.get()}) {
    std::vector<Real> out(problem->dimension());
    EXPECT_FALSE(problem->oracle()->mean_gradient(0, start_of(*problem), out));
  }
}

TEST(Gradient, OfAWholeShardDoesNotDependOnItsPieces) {
  for (const std::string name : {"mlp", "lstm_text"}) {
    const SmallCase each = small_case(name);
    const auto samples = random_samples(each.task, 10);
    const auto gradient = [&](std::uint32_t batch, std::uint32_t pieces) {
      const auto problem = problem_of(
          each.model, course_of({.batch = batch, .evaluate = {.batch = pieces}}, samples));
      return gradient_of(*problem, start_of(*problem));
    };
    const std::vector<Real> whole = gradient(0, 10);

    expect_close(gradient(0, 3), whole, 1e-6);   // pieces of 3, 3, 3, 1
    expect_close(gradient(10, 3), whole, 1e-6);  // one batch, more than an evaluation passes
  }
}

/// Texts in which most targets do not count, and in the first two sentences none.
std::shared_ptr<const PlainSamples> mostly_ignored(const neural::TaskShape& task) {
  const auto samples = random_samples(task, 6);
  neural::Batch all;
  samples->fill(std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5}, nullptr, all);
  for (std::size_t i = 0; i < all.classes.size(); ++i) {
    if (i < 2 * all.length || i % 3 != 0) all.classes[i] = -100;
  }
  return std::make_shared<PlainSamples>(task, std::move(all));
}

TEST(NextToken, IsAMeanOverTokensThatCountWhateverThePieces) {
  const SmallCase text = small_case("gpt");
  const auto samples = mostly_ignored(text.task);
  const auto problem = [&](std::uint32_t pieces) {
    return problem_of(text.model, course_of({.batch = 0, .evaluate = {.train = 0, .batch = pieces}},
                                            samples, 1, samples));
  };
  const auto whole = problem(6);
  const std::vector<Real> model = start_of(*whole);
  const problem::Evaluation expected = whole->evaluate(model, nullptr);
  const std::vector<Real> gradient = gradient_of(*whole, model);

  for (const std::uint32_t pieces : {1U, 4U}) {  // a piece of 1 has no target that counts
    const auto cut = problem(pieces);
    const problem::Evaluation evaluation = cut->evaluate(model, nullptr);

    EXPECT_NEAR(evaluation.loss, expected.loss, 1e-6);
    EXPECT_NEAR(*evaluation.test_loss, *expected.test_loss, 1e-6);
    EXPECT_NEAR(evaluation.gradient_norm, expected.gradient_norm, 1e-6);
    EXPECT_EQ(evaluation.accuracy, expected.accuracy);
    expect_close(gradient_of(*cut, model), gradient, 1e-6);
  }
}

TEST(NextToken, OfABatchInWhichNothingCountsHasNoGradient) {
  const SmallCase text = small_case("gpt");
  neural::Batch one;
  mostly_ignored(text.task)->fill(std::vector<std::uint32_t>{0}, nullptr, one);
  const auto problem = problem_of(
      text.model,
      course_of({.batch = 1}, std::make_shared<PlainSamples>(text.task, std::move(one))));

  const std::vector<Real> gradient = gradient_of(*problem, start_of(*problem));

  EXPECT_EQ(gradient, std::vector<Real>(gradient.size()));
}

TEST(Evaluation, DoesNotDependOnPiecesOrThreads) {
  const SmallCase each = small_case("cnn");
  const auto samples = random_samples(each.task, 50);
  const auto problem = [&](std::uint32_t pieces) {
    return problem_of(each.model, course_of({.batch = 4, .evaluate = {.train = 0, .batch = pieces}},
                                            samples, 1, random_samples(each.task, 21, 2)));
  };
  const auto cut = problem(6);
  const std::vector<Real> model = start_of(*cut);
  const problem::Evaluation alone = cut->evaluate(model, nullptr);
  const problem::Evaluation whole = problem(50)->evaluate(model, nullptr);

  EXPECT_NEAR(alone.loss, whole.loss, 1e-6);
  EXPECT_NEAR(alone.gradient_norm, whole.gradient_norm, 1e-6);
  EXPECT_EQ(alone.accuracy, whole.accuracy);
  EXPECT_NEAR(*alone.test_loss, *whole.test_loss, 1e-6);
  for (const std::size_t threads : {2U, 5U}) {
    Pool pool(threads);
    const problem::Evaluation several = cut->evaluate(model, &pool);
    EXPECT_EQ(several.loss, alone.loss);
    EXPECT_EQ(several.gradient_norm, alone.gradient_norm);
    EXPECT_EQ(several.accuracy, alone.accuracy);
    EXPECT_EQ(several.test_loss, alone.test_loss);
    EXPECT_EQ(several.test_accuracy, alone.test_accuracy);
  }
}

TEST(Evaluation, HasTheNormOfTheMeanGradient) {
  const SmallCase each = small_case("mlp");
  const auto problem = problem_of(
      each.model,
      course_of({.batch = 0, .evaluate = {.train = 0, .batch = 7}}, random_samples(each.task, 30)));
  const std::vector<Real> model = start_of(*problem);

  double squares = 0;
  for (const Real g : gradient_of(*problem, model)) squares += static_cast<double>(g) * g;

  EXPECT_NEAR(problem->evaluate(model, nullptr).gradient_norm, std::sqrt(squares), 1e-6);
}

}  // namespace
}  // namespace tailrace::torch
