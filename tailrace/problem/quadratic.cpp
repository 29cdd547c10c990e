#include "tailrace/problem/quadratic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "tailrace/core/check.hpp"
#include "tailrace/core/distributions.hpp"
#include "tailrace/core/random.hpp"
#include "tailrace/problem/centered_quadratic.hpp"

namespace tailrace::problem {
namespace {

constexpr std::size_t dimension_max = 2048;
constexpr std::uint64_t minimizer_number = 0;
constexpr std::uint64_t orientation_number = 1;

/// sum_i x_i y_i in eight lanes: an order that vector units can keep.
double dot(std::span<const double> x, std::span<const double> y) {
  std::array<double, 8> lanes{};
  std::size_t i = 0;
  for (; i + lanes.size() <= x.size(); i += lanes.size()) {
    for (std::size_t lane = 0; lane < lanes.size(); ++lane)
      lanes[lane] += x[i + lane] * y[i + lane];
  }
  for (std::size_t lane = 0; i < x.size(); ++i, ++lane) lanes[lane] += x[i] * y[i];
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

class DenseMatrix {
 public:
  explicit DenseMatrix(std::span<const double> diagonal)
      : size_(diagonal.size()), elements_(size_ * size_) {
    for (std::size_t i = 0; i < size_; ++i) elements_[i * size_ + i] = diagonal[i];
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<const double> row(std::size_t i) const {
    return std::span(elements_).subspan(i * size_, size_);
  }
  [[nodiscard]] double row_times(std::size_t i, std::span<const double> e) const {
    return dot(row(i), e);
  }

  /// A <- H A H for the reflection H = I - 2 v v^T / ||v||^2, where v lives on the last v.size()
  /// coordinates and A is diagonal before them:
  ///     p = 2 A v / ||v||^2,   w = p - (<p, v> / ||v||^2) v,   A <- A - v w^T - w v^T
  void reflect(std::span<const double> v) {
    const std::size_t first = size_ - v.size();
    const double squares = dot(v, v);
    std::vector<double> w(v.size());
    for (std::size_t i = 0; i < v.size(); ++i) {
      w[i] = 2 * dot(row(first + i).subspan(first), v) / squares;
    }
    const double along = dot(w, v) / squares;
    for (std::size_t i = 0; i < v.size(); ++i) w[i] -= along * v[i];
    for (std::size_t i = 0; i < v.size(); ++i) {
      double* const out = elements_.data() + (first + i) * size_ + first;
      for (std::size_t j = 0; j < v.size(); ++j) out[j] -= v[i] * w[j] + w[i] * v[j];
    }
  }

 private:
  std::size_t size_;
  std::vector<double> elements_;  ///< row-major, symmetric
};

/// Q diag(eigenvalues) Q^T: Q is the product of reflections that map normal vectors of length 2, 3,
/// ..., d to their first axis. The random signs of Stewart's Q cancel here.
DenseMatrix random_orientation(std::span<const double> eigenvalues, Stream stream) {
  DenseMatrix matrix(eigenvalues);
  for (std::size_t length = 2; length <= eigenvalues.size(); ++length) {
    std::vector<double> v(length);
    fill_standard_normal(stream, v);
    v[0] += std::copysign(std::sqrt(dot(v, v)), v[0]);
    matrix.reflect(v);
  }
  return matrix;
}

Result<std::vector<double>> eigenvalues_of(const Listed& spectrum) {
  const std::vector<double>& values = spectrum.values;
  const bool valid = std::ranges::all_of(values, [](double x) { return x >= 0 && x < infinity; });
  if (values.empty() || values.size() > dimension_max || !valid) {
    return fail({"problem/spectrum",
                 fmt::format("the {} listed eigenvalues are not 1 to {} finite numbers from 0 on",
                             values.size(), dimension_max),
                 "spectrum.values", "list one eigenvalue for every coordinate"});
  }
  return values;
}

Result<std::vector<double>> eigenvalues_of(const Spread& spectrum) {
  const auto [dimension, smallest, largest, spacing] = spectrum;
  const bool logarithmic = spacing == Spacing::logarithmic;
  if (dimension < 1 || dimension > dimension_max) {
    return fail({"problem/spectrum",
                 fmt::format("the dimension {} is outside [1, {}]", dimension, dimension_max),
                 "spectrum.dimension", "choose a smaller one; tridiagonal has no such limit"});
  }
  if (!(smallest >= 0 && smallest <= largest && largest < infinity) ||
      (logarithmic && smallest == 0)) {
    return fail({"problem/spectrum",
                 fmt::format("no {} range of eigenvalues goes from {} to {}", name_of(spacing),
                             smallest, largest),
                 "spectrum.smallest",
                 "choose smallest <= largest, both finite, and smallest above 0 if logarithmic"});
  }
  std::vector<double> values(dimension);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double share =
        dimension == 1 ? 1 : static_cast<double>(k) / static_cast<double>(dimension - 1);
    values[k] = logarithmic ? smallest * std::pow(largest / smallest, share)
                            : smallest + share * (largest - smallest);
  }
  return values;
}

}  // namespace

ProblemSize Quadratic::size(std::size_t workers) const {
  const auto* spread = std::get_if<Spread>(&spectrum);
  const double dimension = spread != nullptr
                               ? spread->dimension
                               : static_cast<double>(std::get<Listed>(spectrum).values.size());
  return {.bytes = sizeof(double) * dimension * dimension +
                   tilt_bytes(heterogeneity, workers, dimension),
          .dimension = dimension};
}

BuiltProblem Quadratic::build(const ProblemSetup& setup) const {
  TAILRACE_CHECK(setup.workers > 0);
  Result<std::vector<double>> eigenvalues =
      std::visit([](const auto& chosen) { return eigenvalues_of(chosen); }, spectrum);
  if (!eigenvalues) return fail(std::move(eigenvalues.error()));
  const std::size_t dimension = eigenvalues->size();
  const auto [smallest, largest] = std::ranges::minmax(*eigenvalues);

  std::vector<double> minimizer(dimension);
  Stream minimizer_stream(setup.seed, Purpose::data, 0, minimizer_number);
  fill_standard_normal(minimizer_stream, minimizer);
  return std::make_unique<CenteredQuadratic<DenseMatrix>>(QuadraticTask<DenseMatrix>{
      .title = fmt::format("quadratic: dimension {}, eigenvalues {:g} to {:g}, heterogeneity {:g}",
                           dimension, smallest, largest, heterogeneity),
      .hessian = random_orientation(*eigenvalues,
                                    Stream(setup.seed, Purpose::data, 0, orientation_number)),
      .minimizer = std::move(minimizer),
      .tilts = draw_tilts(heterogeneity, setup.workers, dimension, setup.seed),
      .workers = setup.workers,
      .start = [from = start](std::uint64_t seed,
                              std::span<Real> out) { write_start(from, seed, out); },
      .noise = noise,
  });
}

}  // namespace tailrace::problem
