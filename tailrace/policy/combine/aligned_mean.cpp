#include "tailrace/policy/combine/aligned_mean.hpp"

#include <cmath>
#include <vector>

#include "tailrace/math/vector.hpp"
#include "tailrace/policy/combine/collecting.hpp"
#include "tailrace/policy/whole_sums.hpp"

namespace tailrace::policy {
namespace {

class Aligning final : public CollectingCombiner {
 public:
  Aligning(const AlignedMean& options, const PartSetup& setup)
      : CollectingCombiner(options.size, setup),
        options_(options),
        shares_(setup.shares),
        slices_(setup.slices),
        dimension_(setup.dimension) {}

  void state(Archive& archive) override {
    CollectingCombiner::state(archive);
    archive(version_, model_, last_step_);
    if (!archive.reading()) return;
    const auto fits = [&](const std::vector<Real>& values) {
      return values.empty() || values.size() == dimension_;
    };
    if (archive.ok() && fits(model_) && fits(last_step_)) return;
    model_.clear();
    last_step_.clear();
    archive.refuse();
  }

 protected:
  double weigh(const Arrival& arrival, Update& update) override {
    follow(arrival);
    const double share = shares_.empty() ? 1.0 : shares_[arrival.worker];
    const double agreement = arrival.staleness == 0 ? 1 : cosine(update);
    const double age = options_.bound / (static_cast<double>(arrival.staleness) + options_.bound);
    return share * (options_.alignment * (1 + agreement) / 2 + options_.freshness * age);
  }
  void combine(Members& members, Update& combined) override { members.weighted_mean(combined); }

 private:
  /// Keeps the model and its last step up to date.
  void follow(const Arrival& arrival) {
    if (!model_.empty() && arrival.version == version_) return;
    if (!model_.empty()) {
      last_step_.resize(dimension_);
      math::subtract_scaled(arrival.model.data(), last_step_.data(), 1, model_.data(), dimension_);
    }
    model_.assign(arrival.model.begin(), arrival.model.end());
    version_ = arrival.version;
  }

  double cosine(Update& update) const {
    if (last_step_.empty()) return 1;
    const std::vector<Real>& values = update.values();
    const double norm = update.norm();
    const double norms = norm * std::sqrt(squared_norm(last_step_, slices_));
    const double cosine = -dot(values, last_step_, slices_) / norms;
    return std::isfinite(cosine) ? cosine : 0;
  }

  AlignedMean options_;
  std::span<const double> shares_;
  Slices* slices_;
  std::size_t dimension_;
  Version version_ = 0;          ///< of model_
  std::vector<Real> model_;      ///< empty before the first arrival
  std::vector<Real> last_step_;  ///< x_now - x_previous; empty before the first step
};

}  // namespace

std::unique_ptr<Combiner> AlignedMean::make(const PartSetup& setup) const {
  return std::make_unique<Aligning>(*this, setup);
}

}  // namespace tailrace::policy
