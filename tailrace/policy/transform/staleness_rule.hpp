#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>
#include <variant>

#include "tailrace/core/field.hpp"

/// How much an update counts that is tau server steps old: s(tau) in (0, 1], s(0) = 1, never
/// rising.
namespace tailrace::policy {

/// s(tau) = 1
struct ConstantWeight {
  static constexpr std::string_view name = "constant";
  static constexpr std::string_view summary = "Staleness does not matter.";
  static constexpr std::string_view formula = "s(tau) = 1";
  static constexpr std::string_view source = "Xie, Koyejo, Gupta: FedAsync, arXiv:1903.03934";
  static void fields(auto& /*self*/, auto&& /*field*/) {}
  [[nodiscard]] double at(std::uint64_t /*tau*/) const { return 1; }
};

/// s(tau) = exp(-rate * tau)
struct ExponentialWeight {
  static constexpr std::string_view name = "exponential";
  static constexpr std::string_view summary = "Falls by the same share with every step.";
  static constexpr std::string_view formula = "s(tau) = exp(-rate tau)";
  static constexpr std::string_view source = "ours";
  double rate = 0.1;
  static void fields(auto& self, auto&& field) {
    field("rate", self.rate,
          Field{.unit = "1/steps", .min = 0, .doc = "larger trusts stale updates less; 0 is off"});
  }
  [[nodiscard]] double at(std::uint64_t tau) const {
    return std::exp(-rate * static_cast<double>(tau));
  }
};

/// s(tau) = 1 if tau <= after, else 1 / (slope * (tau - after) + 1)
///
/// Source  FedAsync, arXiv:1903.03934.
struct HingeWeight {
  static constexpr std::string_view name = "hinge";
  static constexpr std::string_view summary = "Full weight for a while, then falls.";
  static constexpr std::string_view formula =
      "s(tau) = 1 if tau <= after, else 1 / (slope (tau - after) + 1)";
  static constexpr std::string_view source = "Xie, Koyejo, Gupta: FedAsync, arXiv:1903.03934";
  double slope = 10;
  std::uint64_t after = 4;
  static void fields(auto& self, auto&& field) {
    field("slope", self.slope,
          Field{.unit = "1/steps", .min = 0, .doc = "how fast it falls; 0 is off"});
    field("after", self.after,
          Field{.unit = "steps", .min = 0, .doc = "largest staleness with full weight"});
  }
  [[nodiscard]] double at(std::uint64_t tau) const {
    return tau <= after ? 1 : 1 / (slope * static_cast<double>(tau - after) + 1);
  }
};

/// s(tau) = 1 if tau <= after, else 1 / tau
///
/// Source  staleness-aware SGD (Zhang et al. 2015) with after = 0; FADAS with after = 1.
struct InverseWeight {
  static constexpr std::string_view name = "inverse";
  static constexpr std::string_view summary = "Divides by the staleness once it is large enough.";
  static constexpr std::string_view formula = "s(tau) = 1 if tau <= after, else 1 / tau";
  static constexpr std::string_view source =
      "after = 0: Zhang et al., arXiv:1511.05950; after = 1: FADAS, arXiv:2407.18365";
  std::uint64_t after = 1;
  static void fields(auto& self, auto&& field) {
    field("after", self.after,
          Field{.unit = "steps", .min = 0, .doc = "largest staleness with full weight"});
  }
  [[nodiscard]] double at(std::uint64_t tau) const {
    return tau <= after ? 1 : 1 / static_cast<double>(tau);
  }
};

/// s(tau) = (1 + tau)^(-exponent)
///
/// Source  FedAsync, arXiv:1903.03934.
struct PolynomialWeight {
  static constexpr std::string_view name = "polynomial";
  static constexpr std::string_view summary = "A negative power of one plus the staleness.";
  static constexpr std::string_view formula = "s(tau) = (1 + tau)^(-exponent)";
  static constexpr std::string_view source = "Xie, Koyejo, Gupta: FedAsync, arXiv:1903.03934";
  static constexpr bool from_number = true;
  static constexpr bool without_kind = true;
  double exponent = 0.5;
  static void fields(auto& self, auto&& field) {
    field("exponent", self.exponent,
          Field{.min = 0, .doc = "larger trusts stale updates less; 0 is off"});
  }
  [[nodiscard]] double at(std::uint64_t tau) const {
    return std::pow(1 + static_cast<double>(tau), -exponent);
  }
};

using StalenessRules =
    TypeList<ConstantWeight, ExponentialWeight, HingeWeight, InverseWeight, PolynomialWeight>;
using StalenessRule = StalenessRules::Choice;

/// The weight of an update that is `tau` server steps old.
[[nodiscard]] inline double weight_at(const StalenessRule& rule, std::uint64_t tau) {
  return std::visit([tau](const auto& kind) { return kind.at(tau); }, rule);
}

}  // namespace tailrace::policy
