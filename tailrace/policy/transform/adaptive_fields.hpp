#pragma once

#include <string_view>

#include "tailrace/core/field.hpp"

/// Options that the adaptive transforms have in common.
namespace tailrace::policy {

[[nodiscard]] constexpr Field beta_field(std::string_view doc) {
  return {.min = 0, .max = 1, .below_max = true, .doc = doc};
}

inline constexpr Field epsilon_field{
    .unit = "u_j",
    .min = 0,
    .above_min = true,
    .doc = "added to the root; coordinates much smaller than it fade out"};

inline constexpr Field bias_correction_field{
    .doc = "undo the pull towards the zeros the means begin with"};

}  // namespace tailrace::policy
