#pragma once

#include "tailrace/policy/assign/sender.hpp"
#include "tailrace/policy/combine/buffer.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/recipe/options.hpp"

namespace tailrace::recipe {

/// Pure asynchronous SGD: nobody waits, and who finishes starts anew from the current model. Fast
/// workers contribute more often, which biases it on heterogeneous data. With wait = b, steps are
/// made of b gradients and their workers start together; wait = n is mini-batch SGD.
///
/// Source  Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024, arXiv:2310.20452.
struct AsyncSgd {
  static constexpr std::string_view name = "async_sgd";
  static constexpr std::string_view title = "Pure asynchronous SGD";
  static constexpr std::string_view summary =
      "Every gradient is a step; the worker that finished works next.";
  static constexpr std::string_view source = "Islamov, Safaryan, Alistarh, arXiv:2310.20452";
  static constexpr std::string_view box = R"(give every worker a job from x
whenever wait gradients g_1, ..., g_b have arrived, computed at earlier x
  x <- x - step_size_t * (g_1 + ... + g_b) / b
  give each of these workers a job from the new x)";

  policy::Schedule step_size = policy::ConstantStep{};
  std::uint64_t wait = 1;

  static void fields(auto& self, auto&& field) {
    field("step_size", self.step_size, step_size_field);
    field("wait", self.wait, wait_field);
  }

  [[nodiscard]] policy::Method method() const {
    return {
        .combine = policy::Buffer{.size = wait},
        .next = {.who = policy::Sender{}, .when = policy::When::after_step},
        .step_size = step_size,
    };
  }
};

}  // namespace tailrace::recipe
