#pragma once

#include "tailrace/policy/assign/sender.hpp"
#include "tailrace/policy/combine/buffer.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/recipe/options.hpp"

namespace tailrace::recipe {

/// Federated averaging with all workers: K steps each, then the mean of their models. The
/// synchronous baseline of methods with local steps.
///
/// Source  McMahan et al.: Communication-efficient learning of deep networks from decentralized
///         data, AISTATS 2017, arXiv:1602.05629. step_size is the server's; 1 is their averaging.
struct LocalSgd {
  static constexpr std::string_view name = "local_sgd";
  static constexpr std::string_view title = "Local SGD (FedAvg)";
  static constexpr std::string_view summary =
      "Every worker makes K steps of its own, then the server averages all.";
  static constexpr std::string_view source = "McMahan et al., arXiv:1602.05629";
  static constexpr std::string_view box = R"(for t = 1, 2, ...
  every worker i:  y_i <- x
                   local_steps times:  y_i <- y_i - local_step_size_t * gradient of f_i at y_i
  wait for all
  x <- x - step_size_t * mean of (x - y_i))";

  std::uint32_t local_steps = 1;
  policy::Schedule local_step_size = policy::ConstantStep{};
  policy::Schedule step_size = policy::ConstantStep{.value = 1};

  static void fields(auto& self, auto&& field) {
    field("local_steps", self.local_steps, local_steps_field);
    field("local_step_size", self.local_step_size, local_step_size_field);
    field("step_size", self.step_size, step_size_field);
  }

  [[nodiscard]] policy::Method method() const {
    return {
        .local = {.steps = local_steps, .step_size = local_step_size},
        .combine = policy::Barrier{},
        .next = {.who = policy::Sender{}, .when = policy::When::after_step},
        .step_size = step_size,
    };
  }
};

}  // namespace tailrace::recipe
