#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>
#include <variant>

#include "tailrace/core/field.hpp"

/// Step sizes that change with the step number t = 1, 2, ...
///
/// Every schedule can start with a linear warm-up: the value is multiplied by min(1, t / warm_up).
namespace tailrace::policy {

inline constexpr Field step_size_field{.unit = "1",
                                       .min = 0,
                                       .max = infinity,
                                       .above_min = true,
                                       .below_max = true,
                                       .doc = "multiplies the update; the first value"};
inline constexpr Field warm_up_field{
    .unit = "steps", .min = 0, .doc = "rises linearly from 0 during the first so many steps"};

/// eta_t = eta
struct ConstantStep {
  static constexpr std::string_view name = "constant";
  static constexpr std::string_view summary = "The same step size throughout.";
  static constexpr std::string_view formula = "eta_t = value";
  static constexpr std::string_view source =
      "Robbins, Monro: A stochastic approximation method, 1951";
  static constexpr bool from_number = true;
  double value = 0.1;
  std::uint64_t warm_up = 0;
  static void fields(auto& self, auto&& field) {
    field("value", self.value, step_size_field);
    field("warm_up", self.warm_up, warm_up_field);
  }
  [[nodiscard]] double at(std::uint64_t /*t*/) const { return value; }
};

/// eta_t = eta / sqrt(1 + (t-1)/period)
struct InverseSqrtStep {
  static constexpr std::string_view name = "inverse_sqrt";
  static constexpr std::string_view summary = "Falls with the square root of the step number.";
  static constexpr std::string_view formula = "eta_t = value / sqrt(1 + (t-1)/period)";
  static constexpr std::string_view source =
      "Nemirovski, Juditsky, Lan, Shapiro: Robust stochastic approximation, 2009";
  double value = 0.1;
  double period = 1;
  std::uint64_t warm_up = 0;
  static void fields(auto& self, auto&& field) {
    field("value", self.value, step_size_field);
    field("period", self.period,
          Field{.unit = "steps",
                .min = 0,
                .above_min = true,
                .doc = "steps until it has fallen to 1/sqrt(2)"});
    field("warm_up", self.warm_up, warm_up_field);
  }
  [[nodiscard]] double at(std::uint64_t t) const {
    return value / std::sqrt(1 + static_cast<double>(t - 1) / period);
  }
};

/// eta_t = eta * t^exponent (TailOPT writes eta t^nu)
struct PolynomialStep {
  static constexpr std::string_view name = "polynomial";
  static constexpr std::string_view summary = "A power of the step number, as in TailOPT.";
  static constexpr std::string_view formula = "eta_t = value * t^exponent";
  static constexpr std::string_view source = "Lee, Zaheer, Li: TailOPT, arXiv:2502.04164";
  double value = 0.1;
  double exponent = -0.5;
  std::uint64_t warm_up = 0;
  static void fields(auto& self, auto&& field) {
    field("value", self.value, step_size_field);
    field("exponent", self.exponent,
          Field{.min = -2, .max = 2, .doc = "negative: the step size falls"});
    field("warm_up", self.warm_up, warm_up_field);
  }
  [[nodiscard]] double at(std::uint64_t t) const {
    return value * std::pow(static_cast<double>(t), exponent);
  }
};

/// eta_t = end + (value - end) * (1 + cos(pi * min(1, t/steps))) / 2
struct CosineStep {
  static constexpr std::string_view name = "cosine";
  static constexpr std::string_view summary =
      "Half a cosine from the first value down to the last.";
  static constexpr std::string_view formula =
      "eta_t = end + (value - end) (1 + cos(pi min(1, t/steps))) / 2";
  static constexpr std::string_view source =
      "Loshchilov, Hutter: SGDR, arXiv:1608.03983, without restarts";
  double value = 0.1;
  double end = 0;
  std::uint64_t steps = 1000;
  std::uint64_t warm_up = 0;
  static void fields(auto& self, auto&& field) {
    field("value", self.value, step_size_field);
    field("end", self.end, Field{.min = 0, .below_max = true, .doc = "the last value"});
    field("steps", self.steps,
          Field{.unit = "steps", .min = 1, .doc = "length of the descent; constant afterwards"});
    field("warm_up", self.warm_up, warm_up_field);
  }
  [[nodiscard]] double at(std::uint64_t t) const {
    const double share = std::min(1.0, static_cast<double>(t) / static_cast<double>(steps));
    return end + (value - end) * (1 + std::cos(std::numbers::pi * share)) / 2;
  }
};

using Schedules = TypeList<ConstantStep, CosineStep, InverseSqrtStep, PolynomialStep>;
using Schedule = Schedules::Choice;

/// The step size of step t >= 1, warm-up included.
[[nodiscard]] inline double step_size_at(const Schedule& schedule, std::uint64_t t) {
  return std::visit(
      [t](const auto& kind) {
        const double value = kind.at(t);
        return t < kind.warm_up ? value * static_cast<double>(t) / static_cast<double>(kind.warm_up)
                                : value;
      },
      schedule);
}

}  // namespace tailrace::policy
