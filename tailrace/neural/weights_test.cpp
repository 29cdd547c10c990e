#include "tailrace/neural/weights.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "tailrace/data/safetensors.hpp"

namespace tailrace::neural {
namespace {

using Names = std::vector<std::string>;

/// A model of two tensors, all numbers 0.
struct TwoTensors {
  TwoTensors() {
    layout.add("bert.encoder.LayerNorm.weight", {3});
    layout.add("classifier.weight", {2, 3});
    model.resize(layout.dimension);
  }
  [[nodiscard]] std::vector<Weight> weights() { return weights_of(layout, model); }

  Layout layout;
  std::vector<Real> model;
};

/// A file that holds 1, 2, 3, ... in each of these tensors.
data::Safetensors file_of(
    const std::vector<std::pair<std::string, std::vector<std::size_t>>>& named) {
  const std::string path =
      ::testing::TempDir() + "tailrace_weights_test_" + std::to_string(getpid()) + ".safetensors";
  std::vector<std::vector<Real>> numbers(named.size());
  std::vector<Weight> weights;
  for (std::size_t k = 0; k < named.size(); ++k) {
    const auto& [name, shape] = named[k];
    numbers[k].resize(
        std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>()));
    std::iota(numbers[k].begin(), numbers[k].end(), Real{1});
    weights.push_back({name, shape, numbers[k]});
  }
  EXPECT_TRUE(save_weights(path, weights));
  auto file = data::read_safetensors(path);
  EXPECT_TRUE(file);
  return std::move(*file);
}

TEST(LoadWeights, ReadsBackWhatWasSaved) {
  TwoTensors saved;
  std::iota(saved.model.begin(), saved.model.end(), Real{-3});
  const std::string path = ::testing::TempDir() + "tailrace_weights_round.safetensors";
  TwoTensors loaded;

  ASSERT_TRUE(save_weights(path, saved.weights()));
  const auto file = data::read_safetensors(path);
  ASSERT_TRUE(file);
  const LoadedWeights report = load_weights(*file, loaded.weights());

  EXPECT_EQ(loaded.model, saved.model);
  EXPECT_EQ(report.loaded, (Names{"bert.encoder.LayerNorm.weight", "classifier.weight"}));
  EXPECT_EQ(report.describe(), "2 tensors loaded");
}

TEST(LoadWeights, SaysWhatIsMissingAndWhatIsLeftOver) {
  TwoTensors model;
  const auto file =
      file_of({{"bert.encoder.LayerNorm.weight", {3}}, {"cls.predictions.bias", {5}}});

  const LoadedWeights report = load_weights(file, model.weights());

  EXPECT_EQ(report.missing, Names{"classifier.weight"});
  EXPECT_EQ(report.left_over, Names{"cls.predictions.bias"});
  EXPECT_EQ(report.describe(),
            "1 tensor loaded; 1 missing: classifier.weight; 1 left over: cls.predictions.bias");
  EXPECT_TRUE(check_loaded(report, "file"));
}

TEST(LoadWeights, KnowsTheNamesOfOldCheckpoints) {
  for (const std::string name :
       {"bert.encoder.LayerNorm.gamma", "encoder.LayerNorm.gamma", "encoder.LayerNorm.weight"}) {
    TwoTensors model;

    const LoadedWeights report = load_weights(file_of({{name, {3}}}), model.weights());

    EXPECT_EQ(report.loaded, Names{"bert.encoder.LayerNorm.weight"}) << name;
    EXPECT_EQ(model.model, (std::vector<Real>{1, 2, 3, 0, 0, 0, 0, 0, 0})) << name;
  }
}

TEST(LoadWeights, PassesOverCounters) {
  TwoTensors model;

  const LoadedWeights report =
      load_weights(file_of({{"bert.embeddings.position_ids", {1, 4}}}), model.weights());

  EXPECT_EQ(report.left_over, Names{});
}

TEST(LoadWeights, LeavesATensorOfAnotherShapeAlone) {
  TwoTensors model;
  const auto file = file_of({{"classifier.weight", {3, 2}}});

  const LoadedWeights report = load_weights(file, model.weights());

  EXPECT_EQ(report.unfit, Names{"classifier.weight: [3, 2] in the file, [2, 3] in the model"});
  EXPECT_EQ(model.model, std::vector<Real>(9));
  const Status status = check_loaded(report, "file");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().front().code, "model/wrong-weights");
}

TEST(LoadWeights, TakesTheFirstOfTwoTensorsThatMeanTheSame) {
  TwoTensors model;
  const auto file =
      file_of({{"encoder.LayerNorm.gamma", {3}}, {"bert.encoder.LayerNorm.weight", {3}}});

  const LoadedWeights report = load_weights(file, model.weights());

  EXPECT_EQ(report.left_over, Names{"bert.encoder.LayerNorm.weight"});
}

TEST(LoadWeights, RefusesWholeNumbersForRealOnes) {
  Layout layout;
  layout.add("x", {2});
  std::vector<Real> model(2);
  const std::string path = ::testing::TempDir() + "tailrace_weights_whole.safetensors";
  const std::array<std::int64_t, 2> numbers = {7, -9};
  const data::Tensor tensor{.name = "x",
                            .format = data::NumberFormat::i64,
                            .shape = {2},
                            .bytes = std::as_bytes(std::span(numbers))};
  ASSERT_TRUE(data::write_safetensors(path, std::span(&tensor, 1)));
  const auto file = data::read_safetensors(path);
  ASSERT_TRUE(file);

  const LoadedWeights loaded = load_weights(*file, weights_of(layout, model));

  EXPECT_EQ(loaded.unfit,
            (std::vector<std::string>{"x: whole numbers in the file, real ones in the model"}));
  EXPECT_FALSE(check_loaded(loaded, "file"));
  EXPECT_EQ(model, (std::vector<Real>{0, 0}));
}

TEST(LoadWeights, RefusesNumbersThatAreNotFinite) {
  Layout layout;
  layout.add("x", {2});
  std::vector<Real> saved = {1, std::numeric_limits<Real>::infinity()};
  const std::string path = ::testing::TempDir() + "tailrace_weights_infinite.safetensors";
  ASSERT_TRUE(save_weights(path, weights_of(layout, saved)));
  const auto file = data::read_safetensors(path);
  ASSERT_TRUE(file);
  std::vector<Real> model(2);

  const LoadedWeights loaded = load_weights(*file, weights_of(layout, model));

  EXPECT_EQ(loaded.unfit, (std::vector<std::string>{"x: not all numbers are finite"}));
}

TEST(CheckLoaded, RefusesAFileWithoutAnyOfTheNames) {
  TwoTensors model;

  const LoadedWeights report = load_weights(file_of({{"other", {1}}}), model.weights());
  const Status status = check_loaded(report, "other.safetensors");

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().front().what,
            "no tensor in other.safetensors has a name of the model's; the file has other; the "
            "model has bert.encoder.LayerNorm.weight, classifier.weight");
}

}  // namespace
}  // namespace tailrace::neural
