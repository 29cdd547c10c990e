#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tailrace/data/sparse_rows.hpp"
#include "tailrace/problem/noise.hpp"
#include "tailrace/problem/regularizer.hpp"
#include "tailrace/problem/setup.hpp"
#include "tailrace/problem/start.hpp"

namespace tailrace::problem {

/// A logistic problem whose data are at hand; Logistic says what it means.
struct LogisticTask {
  std::string title;                ///< "logistic on a9a"
  data::SparseRows train;           ///< worker after worker
  std::vector<std::size_t> begins;  ///< (workers + 1) worker i owns rows begins[i] to begins[i+1]-1
  std::optional<data::SparseRows> test;  ///< of the same dimension
  Regularizer regularizer;
  std::uint32_t batch = 0;
  bool with_replacement = true;
  Start start;
  Noise noise;
};

/// Errors  problem/batch-too-large, where "batch".
[[nodiscard]] BuiltProblem make_logistic(LogisticTask task);

}  // namespace tailrace::problem
