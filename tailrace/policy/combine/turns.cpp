#include "tailrace/policy/combine/turns.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "tailrace/policy/combine/worker_sums.hpp"

namespace tailrace::policy {
namespace {

class TakingTurns final : public Combiner {
 public:
  explicit TakingTurns(const PartSetup& setup)
      : table_(setup), next_table_(setup), has_turn_(setup.workers, 0) {
    combined_.use(setup.pool, setup.slices);
  }

  Combined add(const Arrival& arrival, JobNumber /*job*/, Update& update) override {
    const bool collecting = turns_left_ == 0;
    if (!collecting && has_turn_[arrival.worker] == 0) {
      next_table_.add(arrival, update);
      return {};
    }
    table_.add(arrival, update);
    if (collecting) {
      if (table_.missing() > 0) return {};
      std::fill(has_turn_.begin(), has_turn_.end(), std::uint8_t{1});
      turns_left_ = has_turn_.size();
    }
    return turn(arrival);
  }

  void state(Archive& archive) override {
    const std::size_t workers = has_turn_.size();
    archive(table_, next_table_, has_turn_, turns_left_);
    if (!archive.reading()) return;
    if (archive.ok() && has_turn_.size() == workers) {
      // Turns are taken from a full table, by those who still have one.
      const auto left = static_cast<std::uint64_t>(
          std::count_if(has_turn_.begin(), has_turn_.end(), [](auto has) { return has != 0; }));
      if (turns_left_ == left && (left == 0 || table_.missing() == 0)) return;
    }
    has_turn_.assign(workers, 0);
    turns_left_ = 0;
    archive.refuse();
  }

 private:
  Combined turn(const Arrival& arrival) {
    has_turn_[arrival.worker] = 0;
    --turns_left_;
    table_.mean_of_means(combined_);
    const Combined result{&combined_, table_.staleness_max(arrival.version), 1};
    if (turns_left_ == 0) {
      std::swap(table_, next_table_);
      next_table_.clear();
    }
    return result;
  }

  WorkerSums table_;                    ///< of this round
  WorkerSums next_table_;               ///< of the next
  std::vector<std::uint8_t> has_turn_;  ///< by worker: still to come in this round
  std::uint64_t turns_left_ = 0;        ///< 0: collecting
  Update combined_;
};

}  // namespace

std::unique_ptr<Combiner> Turns::make(const PartSetup& setup) const {
  return std::make_unique<TakingTurns>(setup);
}

}  // namespace tailrace::policy
