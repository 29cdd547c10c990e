#pragma once

#include "tailrace/policy/assign/uniform.hpp"
#include "tailrace/policy/combine/buffer.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/recipe/options.hpp"

namespace tailrace::recipe {

/// Asynchronous SGD in which the next job goes to a worker drawn uniformly, busy or not: slow and
/// fast workers contribute equally often, at the price of queues before the slow ones.
///
/// Source  Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024, arXiv:2310.20452.
struct RandomAsyncSgd {
  static constexpr std::string_view name = "random_async_sgd";
  static constexpr std::string_view title = "Random asynchronous SGD";
  static constexpr std::string_view summary =
      "Every gradient is a step; a worker drawn at random works next.";
  static constexpr std::string_view source = "Islamov, Safaryan, Alistarh, arXiv:2310.20452";
  static constexpr std::string_view box = R"(give concurrency jobs from x to workers drawn at random
whenever wait gradients g_1, ..., g_b have arrived, computed at earlier x
  x <- x - step_size_t * (g_1 + ... + g_b) / b
  b times: draw worker i uniformly from 1..n; it gets a job from the new x, which
           waits in its queue if it is busy)";

  policy::Schedule step_size = policy::ConstantStep{};
  std::uint64_t wait = 1;
  std::uint64_t concurrency = 0;

  static void fields(auto& self, auto&& field) {
    field("step_size", self.step_size, step_size_field);
    field("wait", self.wait, wait_field);
    field("concurrency", self.concurrency, concurrency_field);
  }

  [[nodiscard]] policy::Method method() const {
    return {
        .combine = policy::Buffer{.size = wait},
        .next = {.who = policy::Uniform{},
                 .when = policy::When::after_step,
                 .in_flight = concurrency},
        .step_size = step_size,
    };
  }
};

}  // namespace tailrace::recipe
