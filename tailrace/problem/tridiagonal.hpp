#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tailrace/core/field.hpp"
#include "tailrace/problem/noise.hpp"
#include "tailrace/problem/setup.hpp"

namespace tailrace::problem {

/// Nesterov's worst-case quadratic, the test problem of the Ringmaster and Rennala papers.
///
///     f(x)    =  1/2 x^T A x - b^T x - min,      A = tridiag(-1, 2, -1) / 4,   b = (-1/4, 0, ...,
///     0) f_i(x)  =  f(x) - <h_i, x - x*>,           h_i as in Quadratic x_0     =  (sqrt(d), 0,
///     ..., 0)
///
/// Its minimum -d / (8 (d + 1)), at x*_k = -(1 - k / (d + 1)), is subtracted, so that the loss is
/// the gap to the best. Eigenvalues lie in (0, 1): smoothness 1, conditioning about (d / 1.6)^2.
///
/// Cost    3 multiplications a coordinate.
/// Source  Tyurin, Richtarik: Optimal time complexities of parallel stochastic optimization methods
///         under a fixed computation model, NeurIPS 2023, and the authors' code: d = 1729, noise
///         { kind = "gaussian", scale = 0.1, shape = "scalar" }.
struct Tridiagonal {
  static constexpr std::string_view name = "tridiagonal";
  static constexpr std::string_view summary =
      "Nesterov's tridiagonal quadratic: badly conditioned.";
  static constexpr std::string_view formula =
      "f_i(x) = 1/2 x^T A x - b^T x - min - <h_i, x - x*>,  A = tridiag(-1, 2, -1) / 4";
  static constexpr std::string_view source =
      "Tyurin, Richtarik: Optimal time complexities, NeurIPS 2023";

  std::uint32_t dimension = 1729;
  double heterogeneity = 0;
  Noise noise = NoNoise{};

  static void fields(auto& self, auto&& field) {
    field("dimension", self.dimension, Field{.min = 1, .max = 1e9, .doc = "of the model"});
    field("heterogeneity", self.heterogeneity,
          Field{.min = 0,
                .max = 1e9,
                .doc = "root mean square of ||grad f_i - grad f||; 0: all workers are alike"});
    field("noise", self.noise, Field{.doc = "injected into every gradient"});
  }

  [[nodiscard]] ProblemSize size(std::size_t workers) const;
  [[nodiscard]] BuiltProblem build(const ProblemSetup& setup) const;
};

}  // namespace tailrace::problem
