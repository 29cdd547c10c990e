#include "tailrace/data/sparse_rows.hpp"

namespace tailrace::data {

SparseRows SparseRows::in_order(std::span<const std::uint32_t> order) const {
  SparseRows result;
  result.dimension = dimension;
  result.begins.reserve(order.size() + 1);
  result.labels.reserve(order.size());
  result.indices.reserve(indices.size());
  result.values.reserve(values.size());
  for (const std::uint32_t r : order) {
    const Row source = row(r);
    result.add(source.indices, source.values, source.label);
  }
  return result;
}

}  // namespace tailrace::data
