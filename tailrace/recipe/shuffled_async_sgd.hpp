#pragma once

#include "tailrace/policy/assign/shuffled.hpp"
#include "tailrace/policy/combine/buffer.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/recipe/options.hpp"

namespace tailrace::recipe {

/// Asynchronous SGD in which jobs go through a random permutation of the workers, drawn anew every
/// n jobs: all contribute exactly once in n jobs. AsGrad's new method.
///
/// Source  Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024, arXiv:2310.20452.
struct ShuffledAsyncSgd {
  static constexpr std::string_view name = "shuffled_async_sgd";
  static constexpr std::string_view title = "Shuffled asynchronous SGD";
  static constexpr std::string_view summary =
      "Every gradient is a step; jobs go through all workers in a new random order each round.";
  static constexpr std::string_view source = "Islamov, Safaryan, Alistarh, arXiv:2310.20452";
  static constexpr std::string_view box = R"(give concurrency jobs from x to workers in random order
whenever wait gradients g_1, ..., g_b have arrived, computed at earlier x
  x <- x - step_size_t * (g_1 + ... + g_b) / b
  b times: the next worker of a random permutation of 1..n, drawn anew when it is used up,
           gets a job from the new x, which waits in its queue if it is busy)";

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
        .next = {.who = policy::Shuffled{},
                 .when = policy::When::after_step,
                 .in_flight = concurrency},
        .step_size = step_size,
    };
  }
};

}  // namespace tailrace::recipe
