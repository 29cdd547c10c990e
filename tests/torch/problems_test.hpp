#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <mutex>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tailrace/core/random.hpp"
#include "tailrace/neural/course.hpp"
#include "tailrace/neural/models.hpp"
#include "tailrace/problem/problem.hpp"
#include "tailrace/torch/model_problem.hpp"
#include "tailrace/torch/network.hpp"

/// Samples and problems that are small enough to train in milliseconds. For tests only.
namespace tailrace::torch::testing {

/// Samples held as one large batch. Remembers which of them gradients took.
class PlainSamples final : public neural::Samples {
 public:
  PlainSamples(neural::TaskShape shape, neural::Batch all)
      : shape_(std::move(shape)), all_(std::move(all)) {}

  const neural::TaskShape& shape() const override { return shape_; }
  std::size_t count() const override { return all_.count; }
  std::string describe() const override { return "plain samples"; }

  void fill(std::span<const std::uint32_t> numbers, Stream* augment,
            neural::Batch& out) const override {
    out.count = numbers.size();
    out.length = all_.length;
    pick(all_.values, numbers, out.values);
    pick(all_.tokens, numbers, out.tokens);
    pick(all_.classes, numbers, out.classes);
    pick(all_.targets, numbers, out.targets);
    if (augment == nullptr) return;
    const std::lock_guard lock(mutex_);
    drawn_.emplace_back(numbers.begin(), numbers.end());
  }

  /// The batches of gradients so far, in order.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> drawn() const {
    const std::lock_guard lock(mutex_);
    return drawn_;
  }

 private:
  template <class Number>
  void pick(const std::vector<Number>& all, std::span<const std::uint32_t> numbers,
            std::vector<Number>& out) const {
    out.clear();
    const std::size_t each = all.size() / all_.count;
    for (const std::uint32_t number : numbers) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(number * each);
      out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(each));
    }
  }

  neural::TaskShape shape_;
  neural::Batch all_;
  mutable std::mutex mutex_;
  mutable std::vector<std::vector<std::uint32_t>> drawn_;
};

/// Random samples; values show their class, so that there is something to learn.
inline std::shared_ptr<const PlainSamples> random_samples(const neural::TaskShape& shape,
                                                          std::size_t count,
                                                          std::uint64_t seed = 1) {
  Stream stream(seed, Purpose::data);
  neural::Batch all;
  all.count = count;
  const std::size_t each = std::accumulate(shape.sample.begin(), shape.sample.end(), std::size_t{1},
                                           std::multiplies<>());
  const bool by_token = shape.loss == neural::Loss::next_token;
  for (std::size_t i = 0; i < count * (by_token ? each : 1); ++i) {
    all.classes.push_back(static_cast<std::int64_t>(stream.below(shape.outputs)));
  }
  if (shape.input == neural::Input::tokens) {
    all.length = each;
    for (std::size_t i = 0; i < count * each; ++i) {
      all.tokens.push_back(static_cast<std::int64_t>(stream.below(shape.vocabulary)));
    }
  } else {
    for (std::size_t i = 0; i < count * each; ++i) {
      const auto bump = std::sin(static_cast<double>(all.classes[i / each] + 1) * (1.0 + i % each));
      all.values.push_back(static_cast<float>(bump + 2 * stream.uniform() - 1));
    }
  }
  return std::make_shared<PlainSamples>(shape, std::move(all));
}

/// Features with real targets.
inline std::shared_ptr<const PlainSamples> listed_samples(std::size_t features,
                                                          std::vector<float> values,
                                                          std::vector<float> targets) {
  neural::Batch all;
  all.count = values.size() / features;
  all.values = std::move(values);
  const std::size_t outputs = targets.size() / all.count;
  all.targets = std::move(targets);
  return std::make_shared<PlainSamples>(
      neural::TaskShape{
          .sample = {features}, .outputs = outputs, .loss = neural::Loss::squared_error},
      std::move(all));
}

inline neural::Course course_of(const neural::Learning& learning, neural::SharedSamples train,
                                std::size_t workers = 1, neural::SharedSamples test = nullptr) {
  auto course = neural::make_course(learning, std::move(train), std::move(test),
                                    neural::Score::none, workers, 1);
  EXPECT_TRUE(course) << to_string(course.error());
  return std::move(*course);
}

inline std::unique_ptr<problem::Problem> built(problem::BuiltProblem problem) {
  EXPECT_TRUE(problem) << to_string(problem.error());
  return std::move(*problem);
}

inline std::unique_ptr<problem::Problem> problem_of(const neural::Model& model,
                                                    neural::Course course) {
  return built(make_model_problem({.model = model, .course = std::move(course)}));
}

inline std::vector<Real> start_of(const problem::Problem& problem, std::uint64_t seed = 1) {
  std::vector<Real> model(problem.dimension());
  problem.start(seed, model);
  return model;
}

/// The gradient of a worker's job.
inline std::vector<Real> gradient_of(const problem::Problem& problem, std::span<const Real> model,
                                     WorkerId worker = 0, JobNumber job = 0) {
  Stream batch(1, Purpose::batch, worker, job);
  Stream noise(1, Purpose::noise, worker, job);
  std::vector<Real> out(problem.dimension());
  problem.oracle()->gradient({worker, model, &batch, &noise}, out);
  return out;
}

inline Layout layout_of(const Network& network) {
  Layout layout;
  for (const NamedTensor& each : network.parameters()) {
    layout.add(each.name, {each.tensor.sizes().begin(), each.tensor.sizes().end()});
  }
  return layout;
}

inline void expect_close(std::span<const Real> a, std::span<const Real> b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  double most = 0;
  for (std::size_t j = 0; j < a.size(); ++j) {
    most = std::max(most, std::abs(static_cast<double>(a[j]) - b[j]));
  }
  EXPECT_LE(most, tolerance);
}

}  // namespace tailrace::torch::testing
