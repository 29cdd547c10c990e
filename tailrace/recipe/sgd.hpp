#pragma once

#include "tailrace/policy/assign/uniform.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/recipe/options.hpp"

namespace tailrace::recipe {

/// Stochastic gradient descent: one job in flight, on a worker drawn uniformly. The reference that
/// every asynchronous method becomes when there is one worker.
///
/// Source  Robbins, Monro 1951, on a sum of n functions.
struct Sgd {
  static constexpr std::string_view name = "sgd";
  static constexpr std::string_view title = "SGD";
  static constexpr std::string_view summary =
      "One job at a time, each on a worker drawn at random.";
  static constexpr std::string_view source = "Robbins, Monro 1951";
  static constexpr std::string_view box = R"(for t = 1, 2, ...
  draw worker i uniformly from 1..n
  worker i:  g <- gradient of f_i at x
  x <- x - step_size_t * g)";

  policy::Schedule step_size = policy::ConstantStep{};

  static void fields(auto& self, auto&& field) {
    field("step_size", self.step_size, step_size_field);
  }

  [[nodiscard]] policy::Method method() const {
    return {
        .combine = policy::AtOnce{},
        .next = {.who = policy::Uniform{}, .in_flight = 1},
        .step_size = step_size,
    };
  }
};

}  // namespace tailrace::recipe
