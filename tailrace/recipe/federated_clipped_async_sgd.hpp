#pragma once

#include "tailrace/policy/assign/uniform.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/policy/transform/clip_norm.hpp"
#include "tailrace/recipe/options.hpp"

namespace tailrace::recipe {

/// Clipped asynchronous SGD for workers with data of their own: jobs go to workers drawn uniformly,
/// so slow ones count as much as fast ones. A busy worker queues its jobs, first in, first out.
///
/// Source  Erickson, Johansson: Clipped asynchronous SGD, ICML 2026, arXiv:2606.13287, Algorithm 2.
struct FederatedClippedAsyncSgd {
  static constexpr std::string_view name = "federated_clipped_async_sgd";
  static constexpr std::string_view title = "Clipped asynchronous SGD, federated (Algorithm 2)";
  static constexpr std::string_view summary =
      "Every gradient is clipped by norm and a step; a worker drawn at random works next.";
  static constexpr std::string_view source = "Erickson, Johansson, arXiv:2606.13287";
  static constexpr std::string_view box = R"(give concurrency jobs from x to workers drawn at random
whenever a gradient g arrives, computed at an earlier x
  x <- x - step_size_t * min(1, threshold / ||g||) * g
  draw worker i uniformly from 1..n; it gets a job from the new x, which waits in its
  queue if it is busy)";

  policy::Schedule step_size = policy::ConstantStep{};
  double threshold = 1;
  std::uint64_t concurrency = 0;

  static void fields(auto& self, auto&& field) {
    field("step_size", self.step_size, step_size_field);
    field("threshold", self.threshold, threshold_field);
    field("concurrency", self.concurrency, concurrency_field);
  }

  [[nodiscard]] policy::Method method() const {
    return {
        .each = {policy::ClipNorm{threshold}},
        .combine = policy::AtOnce{},
        .next = {.who = policy::Uniform{}, .in_flight = concurrency},
        .step_size = step_size,
    };
  }
};

}  // namespace tailrace::recipe
