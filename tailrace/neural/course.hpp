#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/data/shards.hpp"
#include "tailrace/neural/samples.hpp"
#include "tailrace/neural/scores.hpp"
#include "tailrace/problem/noise.hpp"

namespace tailrace::neural {

/// What batch normalization normalizes with. A job always uses its own batch unless `frozen`, so a
/// gradient stays a pure function of model and streams and no statistics travel.
enum class BatchStatistics {
  averaged,  ///< evaluations: averages over training samples, taken anew for the evaluated model
  local,     ///< evaluations: those of the evaluated batch itself
  frozen,    ///< always the initial or loaded averages; dropout is off as well
};

enum class Device { cpu, cuda };

/// Which samples an evaluation looks at. Evenly spaced ones, the same every time.
struct EvaluationSizes {
  std::uint32_t train = 1000;
  std::uint32_t test = 0;
  std::uint32_t batch = 250;

  static void fields(auto& self, auto&& field) {
    field("train", self.train,
          Field{.unit = "samples",
                .doc = "training samples that loss, gradient_norm and accuracy are of; 0: all"});
    field("test", self.test,
          Field{.unit = "samples", .doc = "test samples that test_* are of; 0: all"});
    field(
        "batch", self.batch,
        Field{.unit = "samples", .min = 1, .max = 1e6, .doc = "passed through the model at once"});
  }
};

/// The options every neural problem shares; a problem adds its data and its model.
struct Learning {
  std::string weights = {};
  std::uint32_t batch = 32;
  data::Shards shards = data::Shuffled{};
  BatchStatistics batch_statistics = BatchStatistics::averaged;
  EvaluationSizes evaluate = {};
  Device device = Device::cpu;
  problem::Noise noise = problem::NoNoise{};

  static void fields(auto& self, auto&& field) {
    field("weights", self.weights,
          Field{.doc = "a safetensors file to start from; empty: drawn from the seed"});
    field("batch", self.batch,
          Field{.unit = "samples",
                .doc = "distinct samples a gradient averages over; 0 is the whole shard"});
    field("shards", self.shards, Field{.doc = "how samples are split among workers"});
    field("batch_statistics", self.batch_statistics,
          Field{.doc = "of batch normalization in evaluations: averaged over training samples, "
                       "local to the evaluated batch, or frozen as they began"});
    field("evaluate", self.evaluate, Field{.doc = "how many samples an evaluation looks at"});
    field("device", self.device, Field{.doc = "cpu, or cuda where LibTorch has it"});
    field("noise", self.noise, Field{.doc = "injected into every gradient"});
  }
};

/// Everything about a training but the model itself.
struct Course {
  SharedSamples train;
  SharedSamples test;  ///< null: none
  Score score = Score::none;
  Learning learning;
  data::Partition partition;  ///< of `train` among the workers
  std::uint64_t seed = 1;     ///< of the run: the starting point
};

/// Splits the samples among workers and checks that every gradient finds its batch.
///
/// Errors  those of data::split; problem/batch-too-large.
[[nodiscard]] Result<Course> make_course(const Learning& learning, SharedSamples train,
                                         SharedSamples test, Score score, std::size_t workers,
                                         std::uint64_t seed);

/// `limit` evenly spaced numbers below `count`; all of them if limit is 0 or more than there are.
[[nodiscard]] std::vector<std::uint32_t> evenly(std::size_t count, std::size_t limit);

}  // namespace tailrace::neural

template <>
struct tailrace::EnumNames<tailrace::neural::BatchStatistics> {
  using enum neural::BatchStatistics;
  static constexpr std::array values = {std::pair{"averaged", averaged}, std::pair{"local", local},
                                        std::pair{"frozen", frozen}};
};

template <>
struct tailrace::EnumNames<tailrace::neural::Device> {
  using enum neural::Device;
  static constexpr std::array values = {std::pair{"cpu", cpu}, std::pair{"cuda", cuda}};
};
