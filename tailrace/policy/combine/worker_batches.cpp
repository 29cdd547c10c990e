#include "tailrace/policy/combine/worker_batches.hpp"

#include "tailrace/policy/combine/worker_sums.hpp"

namespace tailrace::policy {
namespace {

class CollectingBatches final : public Combiner {
 public:
  CollectingBatches(const WorkerBatches& options, const PartSetup& setup)
      : total_(static_cast<double>(options.total)),
        workers_(static_cast<double>(setup.workers)),
        batches_(setup) {
    combined_.use(setup.pool, setup.slices);
  }

  Combined add(const Arrival& arrival, JobNumber /*job*/, Update& update) override {
    batches_.add(arrival, update);
    // n / sum_i 1/B_i > S / n without a division by what may be infinite.
    if (!(workers_ * workers_ > total_ * batches_.inverse_counts()) || batches_.missing() > 0) {
      return {};
    }
    batches_.mean_of_means(combined_);
    const Combined result{&combined_, batches_.staleness_max(arrival.version), batches_.total()};
    batches_.clear();
    return result;
  }

  void state(Archive& archive) override { archive(batches_); }

 private:
  double total_;
  double workers_;
  WorkerSums batches_;
  Update combined_;
};

}  // namespace

std::unique_ptr<Combiner> WorkerBatches::make(const PartSetup& setup) const {
  return std::make_unique<CollectingBatches>(*this, setup);
}

}  // namespace tailrace::policy
