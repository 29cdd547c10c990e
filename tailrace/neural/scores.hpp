#pragma once

#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "tailrace/core/field.hpp"

namespace tailrace::neural {

/// A task's own figure of merit: more is better, 1 is perfect. Perplexity is no score, since it is
/// exp(test_loss).
enum class Score {
  none,
  accuracy,  ///< share of samples classified right
  matthews,  ///< correlation of two binary variables, -1 to 1
  f1,        ///< harmonic mean of precision and recall of class 1
  pearson,   ///< linear correlation
  spearman,  ///< correlation of ranks; equal values share their mean rank
};

/// The figure of these predictions. Classes are whole numbers. Where a figure is not defined, as a
/// correlation with a constant, it is 0.
[[nodiscard]] double score(Score score, std::span<const double> predictions,
                           std::span<const double> truths);

}  // namespace tailrace::neural

template <>
struct tailrace::EnumNames<tailrace::neural::Score> {
  using enum neural::Score;
  static constexpr std::array values = {
      std::pair{"none", none}, std::pair{"accuracy", accuracy}, std::pair{"matthews", matthews},
      std::pair{"f1", f1},     std::pair{"pearson", pearson},   std::pair{"spearman", spearman}};
};
