#include "tailrace/problem/centered_quadratic.hpp"

#include "tailrace/core/distributions.hpp"
#include "tailrace/core/random.hpp"

namespace tailrace::problem {

std::vector<Real> draw_tilts(double heterogeneity, std::size_t workers, std::size_t dimension,
                             std::uint64_t seed) {
  if (heterogeneity == 0 || workers < 2) return {};
  constexpr std::uint64_t tilt_number = 2;  // 0 and 1 are the minimizer's and the orientation's
  std::vector<Real> tilts(workers * dimension);
  std::vector<double> draws(dimension);
  std::vector<double> mean(dimension);
  for (std::size_t i = 0; i < workers; ++i) {
    Stream stream(seed, Purpose::data, static_cast<std::uint32_t>(i), tilt_number);
    fill_standard_normal(stream, draws);
    for (std::size_t j = 0; j < dimension; ++j) {
      tilts[i * dimension + j] = static_cast<Real>(draws[j]);
      mean[j] += draws[j] / static_cast<double>(workers);
    }
  }
  double squares = 0;
  for (std::size_t k = 0; k < tilts.size(); ++k) {
    const double centered = static_cast<double>(tilts[k]) - mean[k % dimension];
    squares += centered * centered;
  }
  const double factor = heterogeneity / std::sqrt(squares / static_cast<double>(workers));
  for (std::size_t k = 0; k < tilts.size(); ++k) {
    const double centered = static_cast<double>(tilts[k]) - mean[k % dimension];
    tilts[k] = static_cast<Real>(factor * centered);
  }
  return tilts;
}

}  // namespace tailrace::problem
