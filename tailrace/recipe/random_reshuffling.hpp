#pragma once

#include "tailrace/policy/assign/shuffled.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/recipe/options.hpp"

namespace tailrace::recipe {

/// SGD without replacement: one job in flight, workers in a random order that is drawn anew for
/// every round. Shuffled asynchronous SGD with one job in flight.
///
/// Source  Mishchenko, Khaled, Richtarik: Random reshuffling, NeurIPS 2020, arXiv:2006.05988.
struct RandomReshuffling {
  static constexpr std::string_view name = "random_reshuffling";
  static constexpr std::string_view title = "SGD with random reshuffling";
  static constexpr std::string_view summary =
      "One job at a time, through all workers in a new random order each round.";
  static constexpr std::string_view source = "Mishchenko, Khaled, Richtarik, arXiv:2006.05988";
  static constexpr std::string_view box = R"(for every epoch
  draw a permutation p of 1..n
  for i = p_1, ..., p_n
    worker i:  g <- gradient of f_i at x
    x <- x - step_size_t * g)";

  policy::Schedule step_size = policy::ConstantStep{};

  static void fields(auto& self, auto&& field) {
    field("step_size", self.step_size, step_size_field);
  }

  [[nodiscard]] policy::Method method() const {
    return {
        .combine = policy::AtOnce{},
        .next = {.who = policy::Shuffled{}, .in_flight = 1},
        .step_size = step_size,
    };
  }
};

}  // namespace tailrace::recipe
