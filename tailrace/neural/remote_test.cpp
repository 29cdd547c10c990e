#include "tailrace/neural/remote.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "tailrace/data/safetensors.hpp"

namespace tailrace::neural {
namespace {

std::string temporary(const std::string& name) {
  return (std::filesystem::path(::testing::TempDir()) /
          (name + std::to_string(getpid()) + ".safetensors"))
      .string();
}

/// A file of a 2 x 2 tensor "w" and one of two numbers, "b".
std::string file_of(const std::vector<float>& w, const std::vector<float>& b) {
  const std::string path = temporary("remote");
  const std::vector<data::Tensor> tensors = {
      {.name = "b", .shape = {b.size()}, .bytes = std::as_bytes(std::span(b))},
      {.name = "w", .shape = {2, 2}, .bytes = std::as_bytes(std::span(w))}};
  EXPECT_TRUE(data::write_safetensors(path, tensors));
  return path;
}

TEST(Remote, StartsFromTheTensorsOfAFile) {
  const std::string path = file_of({1, 2, 3, 4}, {5, 6});

  const problem::BuiltProblem built = Remote{.weights = path}.build({.workers = 3});

  std::filesystem::remove(path);
  ASSERT_TRUE(built);
  std::vector<Real> start(6);
  (*built)->start(1, start);
  EXPECT_EQ(start, (std::vector<Real>{5, 6, 1, 2, 3, 4}));
  EXPECT_EQ((*built)->layout().tensors.at(1).shape, (std::vector<std::size_t>{2, 2}));
  EXPECT_EQ((*built)->workers(), 3U);
}

TEST(Remote, StartsAtZeroWithoutAFile) {
  const problem::BuiltProblem built = Remote{.dimension = 4}.build({});

  ASSERT_TRUE(built);
  std::vector<Real> start(4, 1);
  (*built)->start(1, start);
  EXPECT_EQ(start, std::vector<Real>(4, 0));
}

TEST(Remote, WantsEitherWeightsOrADimension) {
  for (const Remote& options : {Remote{}, Remote{.weights = "x.safetensors", .dimension = 3}}) {
    const problem::BuiltProblem built = options.build({});
    ASSERT_FALSE(built);
    EXPECT_EQ(built.error().front().code, "neural/no-model");
  }
}

TEST(Remote, RefusesFilesWithoutModels) {
  EXPECT_EQ(Remote{.weights = temporary("no-such")}.build({}).error().front().code, "core/io");
  const std::string path = file_of({1, 2, 3, std::numeric_limits<float>::quiet_NaN()}, {5, 6});
  const problem::BuiltProblem built = Remote{.weights = path}.build({});
  std::filesystem::remove(path);
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().front().where, "weights");
}

TEST(Remote, LeavesGradientsToOthers) {
  const problem::BuiltProblem built = Remote{.dimension = 2}.build({});
  std::vector<Real> gradient(2);
  EXPECT_THROW((*built)->oracle()->gradient({}, gradient), std::runtime_error);
}

}  // namespace
}  // namespace tailrace::neural
