#include "tailrace/problem/tridiagonal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "tailrace/core/check.hpp"
#include "tailrace/problem/centered_quadratic.hpp"

namespace tailrace::problem {
namespace {

/// tridiag(-1, 2, -1) / 4.
struct TridiagonalMatrix {
  static double row_times(std::size_t i, std::span<const double> e) {
    const double left = i > 0 ? e[i - 1] : 0;
    const double right = i + 1 < e.size() ? e[i + 1] : 0;
    return (2 * e[i] - left - right) / 4;
  }
};

void write_first_axis(std::uint64_t, std::span<Real> out) {
  std::ranges::fill(out, Real{0});
  out[0] = static_cast<Real>(std::sqrt(static_cast<double>(out.size())));
}

}  // namespace

ProblemSize Tridiagonal::size(std::size_t workers) const {
  return {.bytes = sizeof(double) * 1.0 * dimension + tilt_bytes(heterogeneity, workers, dimension),
          .dimension = 1.0 * dimension};
}

BuiltProblem Tridiagonal::build(const ProblemSetup& setup) const {
  TAILRACE_CHECK(setup.workers > 0 && dimension > 0);
  std::vector<double> minimizer(dimension);
  for (std::size_t k = 0; k < minimizer.size(); ++k) {
    minimizer[k] = static_cast<double>(k + 1) / (static_cast<double>(dimension) + 1) - 1;
  }
  return std::make_unique<CenteredQuadratic<TridiagonalMatrix>>(QuadraticTask<TridiagonalMatrix>{
      .title =
          fmt::format("tridiagonal: dimension {}, heterogeneity {:g}", dimension, heterogeneity),
      .hessian = {},
      .minimizer = std::move(minimizer),
      .tilts = draw_tilts(heterogeneity, setup.workers, dimension, setup.seed),
      .workers = setup.workers,
      .start = write_first_axis,
      .noise = noise,
  });
}

}  // namespace tailrace::problem
