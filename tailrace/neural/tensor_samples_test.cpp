#include "tailrace/neural/tensor_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace tailrace::neural {
namespace {

namespace fs = std::filesystem;
using data::NumberFormat;
using data::Tensor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TensorFiles : public ::testing::Test {
 protected:
  TensorFiles()
      : folder_(fs::path(::testing::TempDir()) /
                ("tailrace_tensor_samples_test_" + std::to_string(getpid()))) {
    fs::create_directory(folder_);
  }
  ~TensorFiles() override { fs::remove_all(folder_); }

  /// Notes a tensor of the next file.
  template <class Number>
  void add(const std::string& name, NumberFormat format, std::vector<std::size_t> shape,
           const std::vector<Number>& numbers) {
    const auto bytes = std::as_bytes(std::span(numbers));
    memory_.emplace_back(bytes.begin(), bytes.end());
    tensors_.push_back({.name = name, .format = format, .shape = std::move(shape)});
  }
  void add_floats(const std::string& name, std::vector<std::size_t> shape,
                  const std::vector<float>& numbers) {
    add(name, NumberFormat::f32, std::move(shape), numbers);
  }
  void add_integers(const std::string& name, std::vector<std::size_t> shape,
                    const std::vector<std::int64_t>& numbers) {
    add(name, NumberFormat::i64, std::move(shape), numbers);
  }

  /// Writes the noted tensors and forgets them.
  fs::path write(const std::string& name) {
    for (std::size_t i = 0; i < tensors_.size(); ++i) tensors_[i].bytes = memory_[i];
    EXPECT_TRUE(data::write_safetensors(folder_ / name, tensors_));
    tensors_.clear();
    memory_.clear();
    return folder_ / name;
  }

  SharedSamples open(const TensorOptions& options = {}) {
    const auto opened = open_tensors(write("train"), {}, options);
    if (!opened) {
      ADD_FAILURE() << to_string(opened.error());
      return nullptr;
    }
    return opened->train;
  }

  Error error_of(const TensorOptions& options = {}) {
    const auto opened = open_tensors(write("train"), {}, options);
    if (opened) {
      ADD_FAILURE() << "was read without an error";
      return {};
    }
    EXPECT_TRUE(opened.error().front().in_data);
    return opened.error().front();
  }

  fs::path folder_;
  std::vector<std::vector<std::byte>> memory_;
  std::vector<Tensor> tensors_;
};

Batch batch_of(const Samples& samples, std::vector<std::uint32_t> numbers) {
  Batch batch;
  samples.fill(numbers, nullptr, batch);
  return batch;
}

TEST_F(TensorFiles, GiveValuesWithClasses) {
  add_floats("inputs", {3, 1, 2}, {1, 2, 3, 4, 5, 6});
  add_integers("targets", {3}, {0, 3, 1});
  add_integers("groups", {3}, {7, 7, 4000000000});
  add_floats("left alone", {1}, {1});

  const SharedSamples samples = open();

  ASSERT_NE(samples, nullptr);
  EXPECT_EQ(samples->shape().input, Input::values);
  EXPECT_THAT(samples->shape().sample, ElementsAre(1, 2));
  EXPECT_EQ(samples->shape().outputs, 4u);
  EXPECT_THAT(samples->labels(), ElementsAre(0, 3, 1));
  EXPECT_THAT(samples->groups(), ElementsAre(7, 7, 4000000000U));
  EXPECT_EQ(samples->describe(), "train, 3 samples of 1 x 2 values, 4 outputs");
  const Batch batch = batch_of(*samples, {2, 0});
  EXPECT_THAT(batch.values, ElementsAre(5, 6, 1, 2));
  EXPECT_THAT(batch.classes, ElementsAre(1, 0));
}

TEST_F(TensorFiles, GiveTokensWithNextTokens) {
  add_integers("inputs", {2, 3}, {1, 2, 3, 4, 5, 6});
  add_integers("targets", {2, 3}, {2, 3, -100, 5, 6, 9});

  const SharedSamples samples = open({.loss = Loss::next_token});

  ASSERT_NE(samples, nullptr);
  EXPECT_EQ(samples->shape().input, Input::tokens);
  EXPECT_THAT(samples->shape().sample, ElementsAre(3));
  EXPECT_EQ(samples->shape().vocabulary, 7u);
  EXPECT_EQ(samples->shape().outputs, 10u);
  EXPECT_THAT(samples->labels(), IsEmpty());
  const Batch batch = batch_of(*samples, {1});
  EXPECT_EQ(batch.length, 3u);
  EXPECT_THAT(batch.tokens, ElementsAre(4, 5, 6));
  EXPECT_THAT(batch.classes, ElementsAre(5, 6, 9));
}

TEST_F(TensorFiles, GiveRealTargetsAndYesOrNo) {
  add_floats("inputs", {2}, {1, 2});
  add_floats("targets", {2, 2}, {0.5, 1, 2, 3});
  const SharedSamples real = open({.loss = Loss::squared_error});
  add("inputs", NumberFormat::u8, {2, 1}, std::vector<std::uint8_t>{7, 255});
  add_integers("targets", {2}, {1, 0});
  const SharedSamples yes_or_no = open({.loss = Loss::logistic});

  ASSERT_TRUE(real && yes_or_no);
  EXPECT_THAT(real->shape().sample, ElementsAre(1));
  EXPECT_EQ(real->shape().outputs, 2u);
  EXPECT_THAT(batch_of(*real, {1}).targets, ElementsAre(2, 3));
  EXPECT_THAT(batch_of(*yes_or_no, {1}).values, ElementsAre(255));
  EXPECT_THAT(batch_of(*yes_or_no, {0, 1}).targets, ElementsAre(1, 0));
}

TEST_F(TensorFiles, ReplaceWhatABatchHeld) {
  add_floats("inputs", {1, 2}, {1, 2});
  add_integers("targets", {1}, {0});
  const SharedSamples samples = open();
  Batch batch{.length = 9, .tokens = {1}, .segments = {1}, .lengths = {1}, .targets = {1}};

  samples->fill(std::vector<std::uint32_t>{0}, nullptr, batch);

  EXPECT_EQ(batch.length, 0u);
  EXPECT_EQ(
      batch.tokens.size() + batch.segments.size() + batch.lengths.size() + batch.targets.size(),
      0u);
}

TEST_F(TensorFiles, TestOnTheTrainingFilesClassesAndTokens) {
  add_integers("inputs", {2, 2}, {0, 9, 1, 2});
  add_integers("targets", {2}, {0, 4});
  const fs::path train = write("train");
  add_integers("inputs", {1, 2}, {3, 3});
  add_integers("targets", {1}, {1});
  const fs::path test = write("test");
  add_integers("inputs", {1, 2}, {3, 10});
  add_integers("targets", {1}, {1});
  const fs::path beyond = write("beyond");
  add_integers("inputs", {1, 3}, {1, 1, 1});
  add_integers("targets", {1}, {1});
  const fs::path longer = write("longer");

  const auto good = open_tensors(train, test, {});
  const auto unknown_token = open_tensors(train, beyond, {});
  const auto other_shape = open_tensors(train, longer, {});

  ASSERT_TRUE(good) << to_string(good.error());
  EXPECT_EQ(good->test->shape().outputs, 5u);
  EXPECT_EQ(good->test->shape().vocabulary, 10u);
  EXPECT_EQ(unknown_token.error().front().what, "number 1 is 10, outside 0 to 9");
  EXPECT_EQ(other_shape.error().front().code, "data/shape");
}

TEST_F(TensorFiles, AreRefusedWithoutTheirTensors) {
  add_integers("targets", {1}, {0});
  const Error inputs = error_of();
  add_floats("inputs", {1}, {0});
  const Error targets = error_of();

  EXPECT_EQ(inputs.code, "data/no-tensor");
  EXPECT_EQ(inputs.where, (folder_ / "train").string() + ", tensor \"inputs\"");
  EXPECT_EQ(targets.where, (folder_ / "train").string() + ", tensor \"targets\"");
}

TEST_F(TensorFiles, AreRefusedWithWrongShapes) {
  const auto shapes = [this](std::vector<std::size_t> inputs, std::vector<std::size_t> targets,
                             Loss loss) {
    std::size_t count = 1;
    for (const std::size_t size : inputs) count *= size;
    add_floats("inputs", std::move(inputs), std::vector<float>(count));
    count = 1;
    for (const std::size_t size : targets) count *= size;
    add_integers("targets", std::move(targets), std::vector<std::int64_t>(count));
    return error_of({.loss = loss}).code;
  };

  EXPECT_EQ(shapes({2, 3}, {3}, Loss::classes), "data/shape");
  EXPECT_EQ(shapes({2, 3}, {}, Loss::classes), "data/shape");
  EXPECT_EQ(shapes({2, 3}, {2, 1}, Loss::classes), "data/shape");
  EXPECT_EQ(shapes({2, 3}, {2, 3}, Loss::next_token), "data/shape");  // inputs are no tokens
  EXPECT_EQ(shapes({2, 3}, {2, 1, 1}, Loss::logistic), "data/shape");
  EXPECT_EQ(shapes({2, 3}, {2, 0}, Loss::logistic), "data/shape");
  EXPECT_EQ(shapes({0, 3}, {0}, Loss::classes), "data/empty");
  EXPECT_EQ(shapes({}, {}, Loss::classes), "data/empty");
}

TEST_F(TensorFiles, AreRefusedWithWrongNumbers) {
  add_floats("inputs", {2}, {1, std::numeric_limits<float>::quiet_NaN()});
  EXPECT_EQ(error_of().what, "number 1 is nan, or was too large for a float");
  add_floats("inputs", {2}, {1, 2});
  add_floats("targets", {2}, {0, 1});
  EXPECT_EQ(error_of().code, "data/dtype");
  add_floats("inputs", {2}, {1, 2});
  add_integers("targets", {2}, {0, -1});
  EXPECT_THAT(error_of().what, HasSubstr("number 1 is -1, outside 0 to"));
  add_floats("inputs", {2}, {1, 2});
  add_integers("targets", {2}, {0, 5});
  EXPECT_EQ(error_of({.classes = 5}).what, "number 1 is 5, outside 0 to 4");
  add_floats("inputs", {2}, {1, 2});
  add_integers("targets", {2}, {0, 2});
  EXPECT_EQ(error_of({.loss = Loss::logistic}).what, "number 1 is 2, neither 0 nor 1");
  add_floats("inputs", {2}, {1, 2});
  add_integers("targets", {2}, {0, 2});
  EXPECT_EQ(error_of({.loss = Loss::squared_error}).code, "data/dtype");
}

TEST_F(TensorFiles, AreRefusedWithGroupsOfAnotherNumber) {
  add_floats("inputs", {2}, {1, 2});
  add_integers("targets", {2}, {0, 1});
  add_integers("groups", {3}, {0, 1, 2});

  EXPECT_EQ(error_of().what, "shape (3) is not (2)");
}

TEST_F(TensorFiles, ThatAreMissingOrNoneSayWhy) {
  EXPECT_EQ(open_tensors(folder_ / "missing", {}, {}).error().front().code, "core/io");
}

}  // namespace
}  // namespace tailrace::neural
