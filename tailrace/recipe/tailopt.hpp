#pragma once

#include <variant>

#include "tailrace/policy/method.hpp"
#include "tailrace/policy/transform/adagrad.hpp"
#include "tailrace/policy/transform/adam.hpp"
#include "tailrace/policy/transform/biclip.hpp"
#include "tailrace/policy/transform/rmsprop.hpp"
#include "tailrace/recipe/options.hpp"
#include "tailrace/recipe/scheme.hpp"

namespace tailrace::recipe {

/// Outer steps along the mean displacement itself.
struct Average {
  static constexpr std::string_view name = "avg";
  static constexpr std::string_view summary = "Steps along the mean displacement.";
  static void fields(auto& /*self*/, auto&& /*field*/) {}
};

/// Inner steps along the gradient itself.
struct PlainSgd {
  static constexpr std::string_view name = "sgd";
  static constexpr std::string_view summary = "Steps along the gradient.";
  static void fields(auto& /*self*/, auto&& /*field*/) {}
};

/// Inner steps along the gradient, clipped by norm.
struct L2Clip {
  static constexpr std::string_view name = "l2clip";
  static constexpr std::string_view summary = "Steps along the gradient, clipped by norm.";
  static constexpr std::string_view formula =
      "g <- min(1, c_t / ||g||) g,  c_t = threshold t^power";

  double threshold = 1;
  double power = 0;

  static void fields(auto& self, auto&& field) {
    field("threshold", self.threshold, threshold_field);
    field("power", self.power, Field{.min = -2, .max = 2, .doc = "zeta: c_t grows as t^zeta"});
  }
};

using Outer = std::variant<Average, policy::AdaGrad, policy::Adam, policy::BiClip, policy::RmsProp>;
using Inner = std::variant<PlainSgd, policy::BiClip, L2Clip>;

/// The chain of an outer or inner optimizer.
[[nodiscard]] inline policy::Chain chain_of(const Average& /*plain*/) { return {}; }
[[nodiscard]] inline policy::Chain chain_of(const PlainSgd& /*plain*/) { return {}; }
[[nodiscard]] inline policy::Chain chain_of(const L2Clip& clip) {
  return {policy::BiClip{.form = policy::ClipForm::norm,
                         .lower = 0,
                         .upper = clip.threshold,
                         .upper_power = clip.power}};
}
template <policy::Transform T>
[[nodiscard]] policy::Chain chain_of(const T& transform) {
  return {transform};
}
template <class... Ts>
[[nodiscard]] policy::Chain chain_of(const std::variant<Ts...>& choice) {
  return std::visit([](const auto& chosen) { return chain_of(chosen); }, choice);
}

/// Nested optimization under heavy-tailed noise: an outer optimizer on the server takes the mean of
/// what an inner optimizer on the workers did in K steps.
///
/// Source  Lee, Zaheer, Li: Efficient distributed optimization under heavy-tailed noise (TailOPT),
///         ICML 2025, arXiv:2502.04164, Algorithm 1: synchronous. The other schemes are ours.
struct TailOpt {
  static constexpr std::string_view name = "tailopt";
  static constexpr std::string_view title = "TailOPT";
  static constexpr std::string_view summary =
      "An outer optimizer on the server over a clipped inner one on the workers.";
  static constexpr std::string_view source = "Lee, Zaheer, Li, arXiv:2502.04164";
  static constexpr std::string_view box = R"(for t = 1, 2, ...
  every worker i:  y_i <- x
                   K times:  y_i <- y_i - inner_step_size_t * Inner(gradient of f_i at y_i)
  wait for all (other schemes: for M updates)
  u <- mean of (x - y_i)
  x <- x - outer_step_size_t * Outer(u)
  Inner = sgd | l2clip | biclip        Outer = avg | adagrad | rmsprop | adam | biclip)";

  Scheme scheme = Scheme::synchronous;
  std::uint32_t local_steps = 1;
  std::uint64_t buffer = 4;
  Inner inner = L2Clip{};
  policy::Schedule inner_step_size = policy::ConstantStep{};
  Outer outer = Average{};
  policy::Schedule outer_step_size = policy::ConstantStep{.value = 1};

  static void fields(auto& self, auto&& field) {
    field("scheme", self.scheme, scheme_field);
    field("local_steps", self.local_steps, local_steps_field);
    field("buffer", self.buffer, buffer_field);
    field("inner", self.inner, Field{.doc = "optimizer on the workers"});
    field("inner_step_size", self.inner_step_size, local_step_size_field);
    field("outer", self.outer, Field{.doc = "optimizer on the server"});
    field("outer_step_size", self.outer_step_size, step_size_field);
  }

  [[nodiscard]] policy::Method method() const {
    return {
        .local = {.steps = local_steps, .step_size = inner_step_size, .each = chain_of(inner)},
        .combine = combine(scheme, buffer),
        .then = chain_of(outer),
        .next = next(scheme),
        .step_size = outer_step_size,
    };
  }
};

}  // namespace tailrace::recipe
