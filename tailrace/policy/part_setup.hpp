#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tailrace/core/layout.hpp"
#include "tailrace/core/parallel.hpp"
#include "tailrace/core/random.hpp"
#include "tailrace/policy/slices.hpp"

namespace tailrace::policy {

/// What the parts of a method are told before a run.
struct PartSetup {
  std::size_t dimension = 0;
  std::uint32_t workers = 1;  ///< n
  std::uint64_t seed = 0;
  Pool* pool = nullptr;      ///< threads for sweeps over large models
  Slices* slices = nullptr;  ///< those who hold the rest of the model; null: it is all here
  /// Tensors of the flat vector; null: one vector. Outlives the part.
  const Layout* layout = nullptr;
  /// (n) each worker's share of all samples, sums to 1; empty: all alike. Outlives the part.
  std::span<const double> shares = {};
  std::uint32_t place = 0;  ///< tells the parts of one method from each other

  /// Key of this part's own random streams; a stream is then named by worker and job.
  [[nodiscard]] std::uint64_t stream_key() const {
    return Stream::key_of(seed, Purpose::transform) + place;
  }
};

}  // namespace tailrace::policy
