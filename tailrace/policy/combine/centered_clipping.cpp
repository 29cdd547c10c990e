#include "tailrace/policy/combine/centered_clipping.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "tailrace/math/pairs.hpp"
#include "tailrace/math/vector.hpp"
#include "tailrace/policy/combine/robust.hpp"
#include "tailrace/policy/whole_sums.hpp"

namespace tailrace::policy {
namespace {

class Clipping final : public RobustCombiner {
 public:
  Clipping(const CenteredClipping& options, const PartSetup& setup)
      : RobustCombiner(options.size, setup),
        options_(options),
        pool_(setup.pool),
        slices_(setup.slices),
        center_(setup.dimension, 0) {}

  void state(Archive& archive) override {
    RobustCombiner::state(archive);
    const std::size_t dimension = center_.size();
    archive(center_);
    if (center_.size() == dimension) return;
    center_.assign(dimension, 0);
    archive.refuse();
  }

 protected:
  void reduce(Rows rows, std::size_t dimension, Update& combined) override {
    std::vector<double> weights(rows.size(), 0);
    double of_center = 1;
    const math::Pairs gram = products(rows, dimension);
    for (std::uint32_t k = 0; k < options_.iterations; ++k) {
      const std::vector<double> squares = math::squared_distances_to_mixture(gram, weights);
      std::vector<double> pull(rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const double distance = std::sqrt(squares[i]);
        pull[i] = distance > options_.threshold ? options_.threshold / distance : 1;
      }
      const auto count = static_cast<double>(rows.size());
      const double kept = 1 - std::accumulate(pull.begin(), pull.end(), 0.0) / count;
      of_center *= kept;
      for (std::size_t i = 0; i < rows.size(); ++i)
        weights[i] = weights[i] * kept + pull[i] / count;
    }
    sources_.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) sources_.push_back({rows[i], weights[i]});
    if (of_center != 0) sources_.push_back({center_.data(), of_center});
    next_.use(pool_, slices_);
    next_.start(dimension, sources_);
    center_ = next_.values();
    const Update::Source whole{center_.data(), 1};
    combined.start(dimension, {&whole, 1});
  }

 private:
  /// Products around the step before; one iteration needs only the squares.
  [[nodiscard]] math::Pairs products(Rows rows, std::size_t dimension) const {
    if (options_.iterations > 1) return gram(rows, center_.data(), dimension, pool_, slices_);
    math::Pairs squares(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      squares.set(i, i, squared_distance({rows[i], dimension}, center_, slices_));
    }
    return squares;
  }

  CenteredClipping options_;
  Pool* pool_;
  Slices* slices_;
  std::vector<Real> center_;  ///< v
  Update next_;
  std::vector<Update::Source> sources_;
};

}  // namespace

std::unique_ptr<Combiner> CenteredClipping::make(const PartSetup& setup) const {
  return std::make_unique<Clipping>(*this, setup);
}

}  // namespace tailrace::policy
