#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "tailrace/torch/attention.hpp"
#include "tailrace/torch/dropout.hpp"
#include "tailrace/torch/network_test.hpp"

namespace tailrace::torch {
namespace {

std::int64_t count_parameters(const neural::Model& model, const neural::TaskShape& task) {
  const auto network = build_network(model, task);
  EXPECT_TRUE(network);
  std::int64_t count = 0;
  for (const NamedTensor& each : (*network)->parameters()) count += each.tensor.numel();
  return count;
}

TEST(Models, HaveAsManyParametersAsTheirOptionsSay) {
  for (const SmallCase& each : small_cases()) {
    EXPECT_EQ(count_parameters(each.model, each.task), neural::parameters(each.model, each.task))
        << each.name;
  }
}

TEST(Models, HaveThePublishedNumbersOfParameters) {
  const neural::TaskShape cifar{.sample = {3, 32, 32}, .outputs = 10};
  const neural::TaskShape pairs{
      .input = neural::Input::tokens, .sample = {128}, .vocabulary = 30522, .outputs = 2};

  EXPECT_EQ(count_parameters(neural::Cnn{}, cifar), 878538);
  EXPECT_EQ(count_parameters(neural::ResNet18{}, cifar), 11173962);
  EXPECT_EQ(count_parameters(neural::Bert{.size = neural::BertSize::base}, pairs),
            109482240 + 1538);
}

/// sum of outputs * weights, for weights that do not depend on the parameters.
at::Tensor weighted_sum(Network& network, const Inputs& inputs) {
  const DrawScope scope(generator(5));
  const at::Tensor outputs = network.forward(inputs);
  return (outputs * at::randn(outputs.sizes(), generator(3), at::kDouble)).sum();
}

/// Compares the gradient of every tensor, along a random direction, with a central difference.
/// With a step of 1e-6 in double, it is exact to about 1e-9 where no relu is that near to 0.
void expect_true_gradients(const SmallCase& each, Network& network, const Inputs& inputs) {
  weighted_sum(network, inputs).backward();
  const at::NoGradGuard no_gradients;
  constexpr double step = 1e-6;
  std::uint64_t seed = 100;
  for (const NamedTensor& parameter : network.parameters()) {
    const at::Tensor x = parameter.tensor.detach();
    const at::Tensor direction = at::randn(x.sizes(), generator(seed++), at::kDouble);
    x.add_(direction, step);
    const double above = weighted_sum(network, inputs).item<double>();
    x.sub_(direction, 2 * step);
    const double below = weighted_sum(network, inputs).item<double>();
    x.add_(direction, step);

    const double difference = (above - below) / (2 * step);
    const double slope = (parameter.tensor.grad() * direction).sum().item<double>();
    EXPECT_NEAR(slope, difference, 1e-6 * (1 + std::abs(slope))) << each.name << parameter.name;
  }
}

TEST(Models, HaveTheGradientsThatFiniteDifferencesHave) {
  for (const SmallCase& each : small_cases()) {
    const auto network = double_network(each.model, each.task);
    network->train(true);

    expect_true_gradients(each, *network, random_inputs(each.task, 3));
  }
}

TEST(Models, HaveTrueGradientsWithDropoutPaddingAndSegments) {
  for (SmallCase& each : small_cases()) {
    if (each.task.input != neural::Input::tokens) continue;
    std::visit(
        [](auto& options) {
          if constexpr (requires { options.dropout; }) options.dropout = 0.3;
        },
        each.model);
    const auto network = double_network(each.model, each.task);
    network->train(true);
    Inputs inputs = random_inputs(each.task, 3);
    inputs.lengths = at::tensor(at::ArrayRef<std::int64_t>({7, 2, 5}));
    inputs.segments = at::randint(2, {3, 7}, generator(9), at::kLong);

    expect_true_gradients(each, *network, inputs);
  }
}

TEST(Models, AnswerASampleWhateverElseIsInItsBatch) {
  for (const SmallCase& each : small_cases()) {
    const auto network = double_network(each.model, each.task);
    network->train(false);
    const Inputs all = random_inputs(each.task, 3);
    const at::Tensor together = network->forward(all);

    for (std::int64_t k = 0; k < 3; ++k) {
      Inputs one;
      if (all.values.defined()) one.values = all.values.narrow(0, k, 1);
      if (all.tokens.defined()) one.tokens = all.tokens.narrow(0, k, 1);
      EXPECT_LT(distance(network->forward(one), together.narrow(0, k, 1)), 1e-12) << each.name;
    }
  }
}

TEST(Models, DoNotSeeWhatLiesBehindTheEndOfASequence) {
  for (const SmallCase& each : small_cases()) {
    if (each.task.input != neural::Input::tokens) continue;
    const auto network = double_network(each.model, each.task);
    network->train(false);
    Inputs padded = random_inputs(each.task, 2);
    padded.lengths = at::tensor(at::ArrayRef<std::int64_t>({7, 4}));
    Inputs short_one;
    short_one.tokens = padded.tokens.narrow(0, 1, 1).narrow(1, 0, 4).contiguous();
    const bool every_token = each.task.loss == neural::Loss::next_token;

    at::Tensor with_padding = network->forward(padded).narrow(0, 1, 1);
    if (every_token) with_padding = with_padding.narrow(1, 0, 4);
    padded.tokens.narrow(0, 1, 1).narrow(1, 4, 3).fill_(0);
    at::Tensor other_padding = network->forward(padded).narrow(0, 1, 1);
    if (every_token) other_padding = other_padding.narrow(1, 0, 4);

    EXPECT_TRUE(same_bits(with_padding, other_padding)) << each.name;
    EXPECT_LT(distance(with_padding, network->forward(short_one)), 1e-12) << each.name;
  }
}

TEST(Models, ThatPredictTheNextTokenDoNotLookAhead) {
  for (const SmallCase& each : small_cases()) {
    if (each.task.loss != neural::Loss::next_token) continue;
    const auto network = double_network(each.model, each.task);
    network->train(false);
    Inputs inputs = random_inputs(each.task, 2);
    const at::Tensor before = network->forward(inputs);
    inputs.tokens.narrow(1, 4, 3).add_(1).remainder_(11);

    const at::Tensor after = network->forward(inputs);

    EXPECT_TRUE(same_bits(before.narrow(1, 0, 4), after.narrow(1, 0, 4))) << each.name;
    EXPECT_GT(distance(before.narrow(1, 4, 3), after.narrow(1, 4, 3)), 1e-3) << each.name;
  }
}

TEST(Bert, WithoutSegmentsTakesAllTokensForTheFirstSentence) {
  const SmallCase bert = small_case("bert");
  const auto network = double_network(bert.model, bert.task);
  Inputs inputs = random_inputs(bert.task, 2);
  const at::Tensor without = network->forward(inputs);

  inputs.segments = at::zeros({2, 7}, at::kLong);
  const at::Tensor first = network->forward(inputs);
  inputs.segments = at::ones({2, 7}, at::kLong);
  const at::Tensor second = network->forward(inputs);

  EXPECT_LT(distance(without, first), 1e-12);
  EXPECT_GT(distance(without, second), 1e-3);
}

TEST(ResNet18, InEvaluationsUsesTheRunningStatistics) {
  const SmallCase resnet = small_case("resnet18_batch");
  const auto network = double_network(resnet.model, resnet.task);
  const Inputs inputs = random_inputs(resnet.task, 3);
  network->train(false);
  const at::Tensor before = network->forward(inputs).detach();
  const std::vector<NamedTensor> buffers = network->buffers();
  EXPECT_EQ(buffers.size(), 40U);
  EXPECT_EQ(buffers.front().name, "bn1.running_mean");

  EXPECT_TRUE(same_bits(network->forward(inputs), before));
  network->train(true);
  const at::Tensor in_training = network->forward(inputs);
  network->train(false);

  EXPECT_GT(distance(in_training, before), 1e-3);
  EXPECT_GT(distance(network->forward(inputs), before), 1e-3) << "training moves the statistics";
}

/// One head's attention with loops.
at::Tensor plain_attention(const Heads& heads, std::int64_t head, const at::Tensor& mask) {
  const std::int64_t length = heads.query.size(1);
  const std::int64_t size = heads.query.size(2);
  const auto q = heads.query.accessor<double, 3>();
  const auto k = heads.key.accessor<double, 3>();
  const auto v = heads.value.accessor<double, 3>();
  at::Tensor result = at::zeros({length, size}, at::kDouble);
  for (std::int64_t i = 0; i < length; ++i) {
    std::vector<double> weights;
    double total = 0;
    for (std::int64_t j = 0; j < length; ++j) {
      double score = 0;
      for (std::int64_t c = 0; c < size; ++c) score += q[head][i][c] * k[head][j][c];
      weights.push_back(
          std::exp(score / std::sqrt(static_cast<double>(size)) + mask[i][j].item<double>()));
      total += weights.back();
    }
    for (std::int64_t j = 0; j < length; ++j) {
      const double weight = weights[static_cast<std::size_t>(j)] / total;
      for (std::int64_t c = 0; c < size; ++c) result[i][c] += weight * v[head][j][c];
    }
  }
  return result;
}

TEST(Attend, IsWhatItsFormulaSays) {
  constexpr std::int64_t count = 2;
  constexpr std::int64_t length = 3;
  constexpr std::int64_t width = 4;
  const at::Tensor fused = at::randn({count, length, 3 * width}, generator(1), at::kDouble);
  const Heads heads = split_heads(fused, 2);
  const at::Tensor mask = causal_mask(length, fused);

  const at::Tensor together = attend(heads, mask, {.heads = 2});

  for (std::int64_t head = 0; head < count * 2; ++head) {
    const at::Tensor mine = together[head / 2].narrow(1, 2 * (head % 2), 2);
    EXPECT_LT(distance(mine, plain_attention(heads, head, mask[0])), 1e-14);
  }
}

TEST(Attend, WithoutAMaskIsAttentionWithAMaskOfZeros) {
  const Heads heads = split_heads(at::randn({2, 5, 12}, generator(1), at::kDouble), 2);

  const at::Tensor without = attend(heads, {}, {.heads = 2});
  const at::Tensor zeros = attend(heads, at::zeros({1, 5, 5}, at::kDouble), {.heads = 2});

  EXPECT_LT(distance(without, zeros), 1e-14);
}

TEST(SplitHeads, OfOneFusedTensorIsThatOfItsThreeParts) {
  const at::Tensor fused = at::randn({2, 5, 12}, generator(1), at::kDouble);

  const Heads one = split_heads(fused, 2);
  const Heads three =
      split_heads(fused.narrow(2, 0, 4), fused.narrow(2, 4, 4), fused.narrow(2, 8, 4), 2);

  EXPECT_TRUE(same_bits(one.query, three.query));
  EXPECT_TRUE(same_bits(one.key, three.key));
  EXPECT_TRUE(same_bits(one.value, three.value));
}

TEST(PaddingMask, OfASequenceOfNothingStillGivesNumbers) {
  const Heads heads = split_heads(at::randn({1, 3, 6}, generator(1), at::kDouble), 1);
  const at::Tensor mask =
      padding_mask(at::tensor(at::ArrayRef<std::int64_t>({0})), 3, 1, heads.query);

  EXPECT_TRUE(attend(heads, mask, {.heads = 1}).isfinite().all().item<bool>());
}

TEST(KeyedDropout, SetsItsShareToZeroAndKeepsTheMean) {
  // 100,000 numbers: the share of zeros has deviation 0.00145; 5 of them are off once in 1.7
  // million seeds.
  const at::Tensor ones = at::ones({100000}, at::kDouble);
  const DrawScope scope(generator(1));

  const at::Tensor dropped = keyed_dropout(ones, 0.3, true);

  EXPECT_NEAR((dropped == 0).to(at::kDouble).mean().item<double>(), 0.3, 0.00725);
  // 0.3 is 19,661 of 65,536 steps.
  EXPECT_EQ(dropped.max().item<double>(), 65536.0 / 45875);
}

TEST(KeyedDropout, IsOfOneKindInFloatAndDouble) {
  const at::Tensor ones = at::ones({1003}, at::kDouble);
  at::Tensor in_double;
  {
    const DrawScope scope(generator(1));
    in_double = keyed_dropout(ones, 0.5, true);
  }
  const DrawScope scope(generator(1));

  EXPECT_TRUE(same_bits(keyed_dropout(ones.to(at::kFloat), 0.5, true).to(at::kDouble), in_double));
}

TEST(KeyedDropout, DoesNothingOutsideTrainingOrWithoutAScope) {
  const at::Tensor x = at::randn({10}, generator(1));

  EXPECT_TRUE(same_bits(keyed_dropout(x, 0.5, true), x));
  const DrawScope scope(generator(1));
  EXPECT_TRUE(same_bits(keyed_dropout(x, 0.5, false), x));
  EXPECT_TRUE(same_bits(keyed_dropout(x, 0, true), x));
}

TEST(KeyedDropout, OfOneGeneratorIsTheSameOnTwoThreadsAtOnce) {
  const auto draw = [](at::Tensor& out) {
    const DrawScope scope(generator(11));
    for (int k = 0; k < 20; ++k) out += keyed_dropout(at::ones({1000}, at::kDouble), 0.5, true);
  };
  at::Tensor here = at::zeros({1000}, at::kDouble);
  at::Tensor there = at::zeros({1000}, at::kDouble);

  std::thread other([&] { draw(there); });
  draw(here);
  other.join();

  EXPECT_TRUE(same_bits(here, there));
}

TEST(DrawScope, GivesBackTheOuterGeneratorWhenItEnds) {
  const at::Tensor ones = at::ones({1000});
  const DrawScope outer(generator(1));
  const at::Tensor first = keyed_dropout(ones, 0.5, true);
  {
    const DrawScope inner(generator(1));
    EXPECT_TRUE(same_bits(keyed_dropout(ones, 0.5, true), first));
  }

  const at::Tensor second = keyed_dropout(ones, 0.5, true);

  const DrawScope again(generator(1));
  EXPECT_TRUE(same_bits(keyed_dropout(ones, 0.5, true), first));
  EXPECT_TRUE(same_bits(keyed_dropout(ones, 0.5, true), second));
}

at::Tensor start_of(const SmallCase& each, std::uint64_t seed) {
  auto network = build_network(each.model, each.task);
  initialize(**network, seed);
  std::vector<at::Tensor> all;
  for (const NamedTensor& parameter : (*network)->parameters()) {
    all.push_back(parameter.tensor.detach().flatten());
  }
  return at::cat(all);
}

TEST(Initialize, IsAFunctionOfTheSeedOnAnyThread) {
  for (const SmallCase& each : small_cases()) {
    at::Tensor elsewhere;
    std::thread other([&] { elsewhere = start_of(each, 3); });
    const at::Tensor here = start_of(each, 3);
    other.join();

    EXPECT_TRUE(same_bits(here, elsewhere)) << each.name;
    EXPECT_FALSE(same_bits(here, start_of(each, 4))) << each.name;
    EXPECT_TRUE(here.isfinite().all().item<bool>()) << each.name;
  }
}

TEST(Initialize, FollowsTheLawOfEachTensor) {
  const neural::TaskShape pairs{
      .input = neural::Input::tokens, .sample = {8}, .vocabulary = 512, .outputs = 2};
  auto network = build_network(neural::Bert{}, pairs);

  initialize(**network, 1);

  const std::vector<NamedTensor> parameters = (*network)->parameters();
  const at::Tensor words = parameters[0].tensor;
  const at::Tensor norm = parameters[3].tensor;
  ASSERT_EQ(parameters[0].name, "bert.embeddings.word_embeddings.weight");
  ASSERT_EQ(parameters[3].name, "bert.embeddings.LayerNorm.weight");
  // 65,536 normals of deviation 0.02: the deviation's own is 5.5e-5, and 5 of them are off once in
  // 1.7 million seeds.
  EXPECT_NEAR(words.std().item<double>(), 0.02, 2.8e-4);
  EXPECT_TRUE(same_bits(norm, at::ones({128})));
}

TEST(Initialize, DrawsDefaultWeightsUpToOneOverTheRootOfTheirInputs) {
  const neural::TaskShape digits{.sample = {1, 28, 28}, .outputs = 10};
  auto network = build_network(neural::Mlp{}, digits);

  initialize(**network, 1);

  // The largest of 100,352 uniform numbers on [0, 1/28] is within 0.1 % of the end, but once in
  // e^100 seeds.
  const double largest = (*network)->parameters()[0].tensor.abs().max().item<double>();
  EXPECT_LE(largest, 1.0 / 28);
  EXPECT_GT(largest, 0.999 / 28);
}

}  // namespace
}  // namespace tailrace::torch
