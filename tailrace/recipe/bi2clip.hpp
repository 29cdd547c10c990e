#pragma once

#include "tailrace/recipe/tailopt.hpp"

namespace tailrace::recipe {

/// BiClip twice: on every gradient of a worker and on the mean displacement at the server.
/// Adaptivity like Adam's on both levels, with no state on either.
///
/// Source  Lee, Zaheer, Li: Efficient distributed optimization under heavy-tailed noise (TailOPT),
///         ICML 2025, arXiv:2502.04164, Algorithm 4: synchronous. The other schemes are ours.
struct Bi2Clip {
  static constexpr std::string_view name = "bi2clip";
  static constexpr std::string_view title = "Bi2Clip";
  static constexpr std::string_view summary =
      "Clips from both sides, on the workers and on the server.";
  static constexpr std::string_view source = "Lee, Zaheer, Li, arXiv:2502.04164";
  static constexpr std::string_view box = R"(for t = 1, 2, ...
  every worker i:  y_i <- x
                   K times:  y_i <- y_i - inner_step_size_t * BiClip(gradient of f_i at y_i)
  wait for all (other schemes: for M updates)
  u <- mean of (x - y_i)
  x <- x - outer_step_size_t * BiClip~(u)
  BiClip(g)_j = sign(g_j) * min(u_t, max(d_t, |g_j|)), d_t = lower t^gamma, u_t = upper t^zeta)";

  Scheme scheme = Scheme::synchronous;
  std::uint32_t local_steps = 1;
  std::uint64_t buffer = 4;
  policy::BiClip inner = {};
  policy::Schedule inner_step_size = policy::ConstantStep{};
  policy::BiClip outer = {};
  policy::Schedule outer_step_size = policy::ConstantStep{.value = 1};

  static void fields(auto& self, auto&& field) {
    field("scheme", self.scheme, scheme_field);
    field("local_steps", self.local_steps, local_steps_field);
    field("buffer", self.buffer, buffer_field);
    field("inner", self.inner, Field{.doc = "d, u and their powers on the workers"});
    field("inner_step_size", self.inner_step_size, local_step_size_field);
    field("outer", self.outer, Field{.doc = "d, u and their powers on the server"});
    field("outer_step_size", self.outer_step_size, step_size_field);
  }

  [[nodiscard]] policy::Method method() const {
    return TailOpt{.scheme = scheme,
                   .local_steps = local_steps,
                   .buffer = buffer,
                   .inner = inner,
                   .inner_step_size = inner_step_size,
                   .outer = outer,
                   .outer_step_size = outer_step_size}
        .method();
  }
};

}  // namespace tailrace::recipe
