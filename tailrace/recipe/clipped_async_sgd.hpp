#pragma once

#include "tailrace/policy/assign/sender.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/policy/transform/clip_norm.hpp"
#include "tailrace/recipe/options.hpp"

namespace tailrace::recipe {

/// Asynchronous SGD whose gradients are clipped on arrival, for workers that share their data. No
/// stale or heavy-tailed gradient moves the model further than step_size * threshold, and the model
/// stays within step_size * threshold * concurrency of its undelayed twin, however long delays get.
///
/// Source  Erickson, Johansson: Clipped asynchronous SGD, ICML 2026, arXiv:2606.13287, Algorithm 1.
struct ClippedAsyncSgd {
  static constexpr std::string_view name = "clipped_async_sgd";
  static constexpr std::string_view title = "Clipped asynchronous SGD (Algorithm 1)";
  static constexpr std::string_view summary =
      "Every gradient is clipped by norm and a step; the worker that finished works next.";
  static constexpr std::string_view source = "Erickson, Johansson, arXiv:2606.13287";
  static constexpr std::string_view box = R"(give workers concurrency jobs from x
whenever a gradient g arrives from worker i, computed at an earlier x
  x <- x - step_size_t * min(1, threshold / ||g||) * g
  worker i gets a job from the new x)";

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
        .next = {.who = policy::Sender{}, .in_flight = concurrency},
        .step_size = step_size,
    };
  }
};

}  // namespace tailrace::recipe
