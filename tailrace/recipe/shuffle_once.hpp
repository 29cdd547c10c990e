#pragma once

#include "tailrace/policy/assign/shuffled.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/recipe/options.hpp"

namespace tailrace::recipe {

/// SGD without replacement: one job in flight, workers in one random order, again and again.
///
/// Source  Mishchenko, Khaled, Richtarik: Random reshuffling, NeurIPS 2020, arXiv:2006.05988.
struct ShuffleOnce {
  static constexpr std::string_view name = "shuffle_once";
  static constexpr std::string_view title = "Shuffle-once SGD";
  static constexpr std::string_view summary =
      "One job at a time, through all workers in one random order again and again.";
  static constexpr std::string_view source = "Mishchenko, Khaled, Richtarik, arXiv:2006.05988";
  static constexpr std::string_view box = R"(draw a permutation p of 1..n
for every epoch
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
        .next = {.who = policy::ShuffleOnce{}, .in_flight = 1},
        .step_size = step_size,
    };
  }
};

}  // namespace tailrace::recipe
