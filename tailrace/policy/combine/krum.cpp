#include "tailrace/policy/combine/krum.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "tailrace/math/pairs.hpp"
#include "tailrace/policy/combine/robust.hpp"
#include "tailrace/policy/whole_sums.hpp"

namespace tailrace::policy {
namespace {

class Choosing final : public RobustCombiner {
 public:
  Choosing(const Krum& options, const PartSetup& setup)
      : RobustCombiner(options.size, setup),
        options_(options),
        pool_(setup.pool),
        slices_(setup.slices) {}

 protected:
  void reduce(Rows rows, std::size_t dimension, Update& combined) override {
    const std::vector<double> scores = scores_of(rows, dimension);
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
    order.resize(std::min<std::size_t>(options_.select, rows.size()));
    std::sort(order.begin(), order.end());
    sources_.clear();
    for (const std::size_t i : order) {
      sources_.push_back({rows[i], 1.0 / static_cast<double>(order.size())});
    }
    combined.start(dimension, sources_);
  }

 private:
  [[nodiscard]] std::vector<double> scores_of(Rows rows, std::size_t dimension) const {
    std::vector<double> scores(rows.size(), 0);
    if (rows.size() < 2) return scores;
    const math::Pairs squares = squared_distances(rows, dimension, pool_, slices_);
    const std::size_t far = std::min<std::size_t>(options_.faulty + 2, rows.size() - 1);
    const std::size_t neighbors = std::max<std::size_t>(rows.size() - far, 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::vector<double> others;
      for (std::size_t j = 0; j < rows.size(); ++j) {
        if (j != i) others.push_back(squares.at(i, j));
      }
      std::sort(others.begin(), others.end());
      for (std::size_t k = 0; k < std::min(neighbors, others.size()); ++k) scores[i] += others[k];
    }
    return scores;
  }

  Krum options_;
  Pool* pool_;
  Slices* slices_;
  std::vector<Update::Source> sources_;
};

}  // namespace

std::unique_ptr<Combiner> Krum::make(const PartSetup& setup) const {
  return std::make_unique<Choosing>(*this, setup);
}

}  // namespace tailrace::policy
