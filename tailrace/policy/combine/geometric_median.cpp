#include "tailrace/policy/combine/geometric_median.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "tailrace/math/pairs.hpp"
#include "tailrace/policy/combine/robust.hpp"
#include "tailrace/policy/whole_sums.hpp"

namespace tailrace::policy {
namespace {

/// A member in the midst of the others, unless half of them are faulty.
struct Central {
  std::size_t row;
  double spread;  ///< the middle one of its distances to all members
};

/// The one whose middle distance is least.
Central central_member(const math::Pairs& squares) {
  Central best{0, std::numeric_limits<double>::infinity()};
  for (std::size_t i = 0; i < squares.count(); ++i) {
    std::vector<double> distances;
    for (std::size_t j = 0; j < squares.count(); ++j) {
      distances.push_back(std::sqrt(squares.at(i, j)));
    }
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    if (*middle < best.spread) best = {i, *middle};
  }
  return best;
}

class Weiszfeld final : public RobustCombiner {
 public:
  Weiszfeld(const GeometricMedian& options, const PartSetup& setup)
      : RobustCombiner(options.size, setup),
        options_(options),
        pool_(setup.pool),
        slices_(setup.slices) {}

 protected:
  void reduce(Rows rows, std::size_t dimension, Update& combined) override {
    const std::vector<double> weights = weights_of(rows, dimension);
    sources_.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) sources_.push_back({rows[i], weights[i]});
    combined.start(dimension, sources_);
  }

 private:
  [[nodiscard]] std::vector<double> weights_of(Rows rows, std::size_t dimension) const {
    // All points between two members are medians.
    if (rows.size() < 3)
      return std::vector<double>(rows.size(), 1.0 / static_cast<double>(rows.size()));
    const math::Pairs squares = squared_distances(rows, dimension, pool_, slices_);
    const Central central = central_member(squares);
    const math::Pairs products = gram(rows, rows[central.row], dimension, pool_, slices_);
    std::vector<double> weights(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double distance = std::sqrt(squares.at(central.row, i));
      weights[i] = 1 / std::max({options_.smoothing, central.spread, distance});
    }
    make_sum_one(weights);
    for (std::uint32_t k = 0; k < options_.iterations; ++k) {
      std::vector<double> next = math::squared_distances_to_mixture(products, weights);
      for (double& each : next) each = 1 / std::max(options_.smoothing, std::sqrt(each));
      make_sum_one(next);
      double change = 0;
      for (std::size_t i = 0; i < next.size(); ++i) {
        change = std::max(change, std::fabs(next[i] / weights[i] - 1));
      }
      weights.swap(next);
      if (change <= options_.tolerance) break;
    }
    return weights;
  }

  static void make_sum_one(std::vector<double>& weights) {
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (double& weight : weights) weight /= total;
  }

  GeometricMedian options_;
  Pool* pool_;
  Slices* slices_;
  std::vector<Update::Source> sources_;
};

}  // namespace

std::unique_ptr<Combiner> GeometricMedian::make(const PartSetup& setup) const {
  return std::make_unique<Weiszfeld>(*this, setup);
}

}  // namespace tailrace::policy
