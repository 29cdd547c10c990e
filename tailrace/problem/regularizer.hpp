#pragma once

#include <string_view>
#include <variant>

#include "tailrace/core/field.hpp"

namespace tailrace::problem {

/// r(x) = 0.
struct NoRegularizer {
  static constexpr std::string_view name = "none";
  static constexpr std::string_view summary = "No regularizer.";
  static constexpr std::string_view formula = "r(x) = 0";
  static constexpr std::string_view source = "ours";
  static void fields(auto&, auto&&) {}

  [[nodiscard]] double value(double) const { return 0; }
  [[nodiscard]] double derivative(double) const { return 0; }
};

/// r(x) = (strength / 2) sum_j x_j^2.
struct L2 {
  static constexpr std::string_view name = "l2";
  static constexpr std::string_view summary = "Half the strength times the squared norm; convex.";
  static constexpr std::string_view formula = "r(x) = (strength / 2) sum_j x_j^2";
  static constexpr std::string_view source =
      "Hoerl, Kennard: Ridge regression, Technometrics 12, 1970";

  double strength = 1e-4;

  static void fields(auto& self, auto&& field) {
    field("strength", self.strength, Field{.min = 0, .max = 1e9, .doc = "0 switches it off"});
  }

  /// Of one coordinate.
  [[nodiscard]] double value(double x) const { return strength / 2 * x * x; }
  [[nodiscard]] double derivative(double x) const { return strength * x; }
};

/// r(x) = strength sum_j x_j^2 / (1 + x_j^2): grows like L2 near 0 and levels off, so the
/// problem is smooth but not convex.
///
/// Source  Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024, experiments (strength 0.1).
struct Nonconvex {
  static constexpr std::string_view name = "nonconvex";
  static constexpr std::string_view summary = "Strength times the sum of x^2 / (1 + x^2).";
  static constexpr std::string_view formula = "r(x) = strength sum_j x_j^2 / (1 + x_j^2)";
  static constexpr std::string_view source = "Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024";

  double strength = 0.1;

  static void fields(auto& self, auto&& field) {
    field("strength", self.strength, Field{.min = 0, .max = 1e9, .doc = "0 switches it off"});
  }

  /// Of one coordinate. Written so that an x with x^2 = infinity gives strength and 0, not NaN.
  [[nodiscard]] double value(double x) const { return strength - strength / (1 + x * x); }
  [[nodiscard]] double derivative(double x) const {
    const double inverse = 1 / (1 + x * x);
    return 2 * strength * (x * inverse) * inverse;
  }
};

using Regularizer = std::variant<NoRegularizer, L2, Nonconvex>;

}  // namespace tailrace::problem
