#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tailrace/core/ids.hpp"

namespace tailrace::data {

/// Labelled samples with few non-zero features each, row after row (compressed sparse rows).
///
///   begins   (rows + 1)  row r owns the features begins[r] to begins[r + 1] - 1
///   indices  (features)  0-based, strictly increasing within a row, below `dimension`
///   values   (features)  finite
///   labels   (rows)      -1 or +1
///
/// A row may have no features. Memory: 8 bytes a feature and 9 a row.
struct SparseRows {
  /// One sample; valid as long as the rows it comes from.
  struct Row {
    std::span<const std::uint32_t> indices;
    std::span<const Real> values;
    int label = 1;  ///< -1 or +1
  };

  std::vector<std::uint64_t> begins = {0};
  std::vector<std::uint32_t> indices;
  std::vector<Real> values;
  std::vector<std::int8_t> labels;
  std::size_t dimension = 0;

  [[nodiscard]] std::size_t size() const { return labels.size(); }

  [[nodiscard]] Row row(std::size_t r) const {
    const std::size_t begin = begins[r];
    const std::size_t count = begins[r + 1] - begin;
    return {{indices.data() + begin, count}, {values.data() + begin, count}, labels[r]};
  }

  void add(std::span<const std::uint32_t> row_indices, std::span<const Real> row_values,
           int label) {
    indices.insert(indices.end(), row_indices.begin(), row_indices.end());
    values.insert(values.end(), row_values.begin(), row_values.end());
    begins.push_back(indices.size());
    labels.push_back(static_cast<std::int8_t>(label));
  }

  /// These rows in another order: row k of the result is row order[k].
  [[nodiscard]] SparseRows in_order(std::span<const std::uint32_t> order) const;
};

}  // namespace tailrace::data
