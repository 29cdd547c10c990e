#include "tailrace/neural/models.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tailrace::neural {
namespace {

const TaskShape cifar{.sample = {3, 32, 32}, .outputs = 10};
const TaskShape digits{.sample = {1, 28, 28}, .outputs = 10};
const TaskShape sentences{
    .input = Input::tokens, .sample = {128}, .vocabulary = 30522, .outputs = 2};
const TaskShape characters{.input = Input::tokens,
                           .sample = {80},
                           .vocabulary = 90,
                           .outputs = 90,
                           .loss = Loss::next_token};

/// The first error as "code where", or "fits".
std::string verdict(const Model& model, const TaskShape& task) {
  const Status status = check_model(model, task);
  return status ? "fits" : status.error().front().code + " " + status.error().front().where;
}

TEST(Parameters, OfTheTwoLayerCnnAreThePublishedNumber) {
  EXPECT_EQ(parameters(Cnn{}, cifar), 878538);
}

TEST(Parameters, OfResNet18For32x32AreThePublishedNumber) {
  EXPECT_EQ(parameters(ResNet18{}, cifar), 11173962);
}

TEST(Parameters, OfBertBaseAreThePublishedNumberAndTheLastLayer) {
  EXPECT_EQ(parameters(Bert{.size = BertSize::base}, sentences), 109482240 + 2 * 768 + 2);
}

TEST(Parameters, OfAnMlpAreItsMatricesAndBiases) {
  EXPECT_EQ(parameters(Mlp{}, digits), 784 * 128 + 128 + 128 * 10 + 10);
  EXPECT_EQ(parameters(Mlp{.hidden = {}}, digits), 784 * 10 + 10);
}

TEST(Parameters, OfAnLstmAreFourGatesALayerWithTwoBiasesEach) {
  const Lstm model{.embedding = 8, .width = 256, .layers = 2};

  EXPECT_EQ(parameters(model, characters),
            90 * 8 + 4 * 256 * (8 + 256 + 2) + 4 * 256 * (256 + 256 + 2) + 257 * 90);
}

TEST(Parameters, OfGpt2SmallAreThePublishedNumber) {
  const TaskShape task{.input = Input::tokens,
                       .sample = {1024},
                       .vocabulary = 50257,
                       .outputs = 50257,
                       .loss = Loss::next_token};

  EXPECT_EQ(parameters(Gpt{.width = 768, .depth = 12, .heads = 12}, task), 124439808);
}

TEST(Parameters, OfVitBaseOnImageNetAreThePublishedNumber) {
  const Vit model{.patch = 16, .width = 768, .depth = 12, .heads = 12};

  EXPECT_EQ(parameters(model, {.sample = {3, 224, 224}, .outputs = 1000}), 86567656);
}

TEST(CheckModel, GivesImagesToImageModelsAndTokensToTokenModels) {
  const Model image_models[] = {Mlp{}, Cnn{}, ResNet18{}, Vit{}};
  const Model token_models[] = {Bert{}, Lstm{}};

  for (const Model& model : image_models) {
    EXPECT_EQ(verdict(model, cifar), "fits");
    EXPECT_EQ(verdict(model, sentences), "model/wrong-input ");
  }
  for (const Model& model : token_models) {
    EXPECT_EQ(verdict(model, sentences), "fits");
    EXPECT_EQ(verdict(model, cifar), "model/wrong-input ");
  }
}

TEST(CheckModel, LetsOnlyModelsOfEveryTokenPredictTheNextOne) {
  EXPECT_EQ(verdict(Lstm{}, characters), "fits");
  EXPECT_EQ(verdict(Gpt{}, characters), "fits");
  EXPECT_EQ(verdict(Bert{}, characters), "model/wrong-task ");
  EXPECT_EQ(verdict(Gpt{}, sentences), "model/wrong-task ");
}

TEST(CheckModel, RefusesFeaturesWhereImagesAreNeeded) {
  const TaskShape features{.sample = {784}, .outputs = 10};

  EXPECT_EQ(verdict(Mlp{}, features), "fits");
  EXPECT_EQ(verdict(Cnn{}, features), "model/wrong-input ");
  EXPECT_EQ(verdict(Vit{}, features), "model/wrong-input ");
}

TEST(CheckModel, RefusesImagesThatTheConvolutionsOfTheCnnUseUp) {
  EXPECT_EQ(verdict(Cnn{}, {.sample = {1, 16, 16}, .outputs = 2}), "fits");
  EXPECT_EQ(verdict(Cnn{}, {.sample = {1, 16, 15}, .outputs = 2}), "model/wrong-input ");
}

TEST(CheckModel, NamesTheOptionThatDoesNotDivide) {
  EXPECT_EQ(verdict(Vit{.patch = 5}, cifar), "model/wrong-option patch");
  EXPECT_EQ(verdict(Vit{.heads = 5}, cifar), "model/wrong-option heads");
  EXPECT_EQ(verdict(Bert{.heads = 3}, sentences), "model/wrong-option heads");
  EXPECT_EQ(verdict(ResNet18{.width = 8, .norm = ImageNorm::group}, cifar),
            "model/wrong-option groups");
}

TEST(CheckModel, RefusesSequencesBeyondThePositions) {
  EXPECT_EQ(verdict(Bert{.positions = 127}, sentences), "model/wrong-option positions");
  EXPECT_EQ(verdict(Bert{.positions = 128}, sentences), "fits");
}

TEST(CheckModel, WantsAFileForTorchScript) {
  EXPECT_EQ(verdict(TorchScript{}, cifar), "model/wrong-option file");
  EXPECT_EQ(verdict(TorchScript{.file = "model.pt"}, cifar), "fits");
}

TEST(BertShape, TakesTheSizesNumbersWhereAnOptionIsZero) {
  const BertShape base = Bert{.size = BertSize::base}.shape();
  const BertShape narrow = Bert{.size = BertSize::base, .width = 32}.shape();

  EXPECT_EQ(base.heads, 12U);
  EXPECT_EQ(base.feed_forward, 3072U);
  EXPECT_EQ(narrow.depth, 12U);
  EXPECT_EQ(narrow.heads, 1U);
  EXPECT_EQ(narrow.feed_forward, 128U);
}

}  // namespace
}  // namespace tailrace::neural
