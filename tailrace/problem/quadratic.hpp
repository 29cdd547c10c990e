#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/problem/noise.hpp"
#include "tailrace/problem/setup.hpp"
#include "tailrace/problem/start.hpp"

namespace tailrace::problem {

enum class Spacing { linear, logarithmic };

/// `dimension` eigenvalues from smallest to largest, evenly spaced in value or in logarithm.
struct Spread {
  static constexpr std::string_view name = "spread";
  static constexpr std::string_view summary = "Evenly spaced between a smallest and a largest.";
  static constexpr std::string_view formula =
      "lambda_k = smallest + (largest - smallest) k / (d - 1), or the same in logarithms";
  static constexpr std::string_view source = "ours";

  std::uint32_t dimension = 100;
  double smallest = 0.01;
  double largest = 1;
  Spacing spacing = Spacing::logarithmic;

  static void fields(auto& self, auto&& field) {
    field(
        "dimension", self.dimension,
        Field{.min = 1, .max = 2048, .doc = "of the model; memory and cost grow with its square"});
    field(
        "smallest", self.smallest,
        Field{.min = 0, .max = 1e9, .doc = "eigenvalue; strong convexity; above 0 if logarithmic"});
    field("largest", self.largest, Field{.min = 0, .max = 1e9, .doc = "eigenvalue; smoothness"});
    field("spacing", self.spacing, Field{.doc = "linear, or logarithmic: even ratios"});
  }
};

/// The eigenvalues one by one; their number is the dimension.
struct Listed {
  static constexpr std::string_view name = "listed";
  static constexpr std::string_view summary = "Every eigenvalue as given.";
  static constexpr std::string_view formula = "lambda_k = values[k]";
  static constexpr std::string_view source = "ours";

  std::vector<double> values = {};

  static void fields(auto& self, auto&& field) {
    field("values", self.values,
          Field{.min = 0, .max = 1e9, .required = true, .doc = "eigenvalues, 1 to 2048"});
  }
};

using Spectrum = std::variant<Spread, Listed>;

/// A convex quadratic with a random orientation and a known answer.
///
///     f_i(x)  =  1/2 (x - x*)^T A (x - x*)  -  <h_i, x - x*>,      sum_i h_i = 0
///     f(x)    =  1/2 (x - x*)^T A (x - x*),                        min f = f(x*) = 0
///
///   A    (d, d)  Q diag(eigenvalues) Q^T, Q uniform on the orthogonal matrices
///   x*   (d)     ~ N(0, I)
///   h_i  (d)     normal, centered over workers and scaled so that (1/n) sum_i ||h_i||^2 =
///                heterogeneity^2: the distance between a worker's gradient and the mean
///
/// Workers' gradients are exact; `noise` makes them stochastic. One worker alone has h = 0.
/// Cost    d^2 multiplications a gradient, 8 d^2 bytes; building d^3.
/// Errors  problem/spectrum.
/// Source  Q: Stewart: The efficient generation of random orthogonal matrices, SIAM J. Numer. Anal.
///         17, 1980.
struct Quadratic {
  static constexpr std::string_view name = "quadratic";
  static constexpr std::string_view summary = "Dense random quadratic with a given spectrum.";
  static constexpr std::string_view formula =
      "f_i(x) = 1/2 (x - x*)^T A (x - x*) - <h_i, x - x*>,  sum_i h_i = 0";
  static constexpr std::string_view source =
      "ours; orientation: Stewart, SIAM J. Numer. Anal. 17, 1980";

  Spectrum spectrum = Spread{};
  double heterogeneity = 0;
  Start start = Zeros{};
  Noise noise = NoNoise{};

  static void fields(auto& self, auto&& field) {
    field("spectrum", self.spectrum, Field{.doc = "eigenvalues of the Hessian"});
    field("heterogeneity", self.heterogeneity,
          Field{.min = 0,
                .max = 1e9,
                .doc = "root mean square of ||grad f_i - grad f||; 0: all workers are alike"});
    field("start", self.start, Field{.doc = "the starting point"});
    field("noise", self.noise, Field{.doc = "injected into every gradient"});
  }

  [[nodiscard]] ProblemSize size(std::size_t workers) const;
  [[nodiscard]] BuiltProblem build(const ProblemSetup& setup) const;
};

}  // namespace tailrace::problem

template <>
struct tailrace::EnumNames<tailrace::problem::Spacing> {
  static constexpr std::array values = {
      std::pair{"linear", tailrace::problem::Spacing::linear},
      std::pair{"logarithmic", tailrace::problem::Spacing::logarithmic}};
};
