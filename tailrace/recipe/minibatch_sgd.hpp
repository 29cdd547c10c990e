#pragma once

#include "tailrace/policy/assign/sender.hpp"
#include "tailrace/policy/combine/buffer.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/recipe/options.hpp"

namespace tailrace::recipe {

/// Synchronous SGD: every step waits for one gradient from every worker. The baseline that the
/// slowest worker holds up.
///
/// Source  Dekel et al.: Optimal distributed online prediction using mini-batches, JMLR 2012.
struct MinibatchSgd {
  static constexpr std::string_view name = "minibatch_sgd";
  static constexpr std::string_view title = "Mini-batch SGD";
  static constexpr std::string_view summary =
      "Every step waits for one gradient from every worker.";
  static constexpr std::string_view source = "Dekel et al., JMLR 2012";
  static constexpr std::string_view box = R"(for t = 1, 2, ...
  every worker i:  g_i <- gradient of f_i at x
  wait for all
  x <- x - step_size_t * (g_1 + ... + g_n) / n)";

  policy::Schedule step_size = policy::ConstantStep{};

  static void fields(auto& self, auto&& field) {
    field("step_size", self.step_size, step_size_field);
  }

  [[nodiscard]] policy::Method method() const {
    return {
        .combine = policy::Barrier{},
        .next = {.who = policy::Sender{}, .when = policy::When::after_step},
        .step_size = step_size,
    };
  }
};

}  // namespace tailrace::recipe
