#pragma once

#include <cstdint>

#include "tailrace/policy/combine.hpp"
#include "tailrace/policy/combine/members.hpp"

namespace tailrace::policy {

/// What all combiners share that wait for `size` updates and then make one of them.
class CollectingCombiner : public Combiner {
 public:
  CollectingCombiner(std::uint64_t size, const PartSetup& setup)
      : size_(size), members_(setup.dimension) {
    combined_.use(setup.pool, setup.slices);
  }

  Combined add(const Arrival& arrival, JobNumber job, Update& update) override {
    if (members_.size() == size_) forget();
    const double weight = weigh(arrival, update);
    members_.add(arrival, job, update, weight);
    if (members_.size() < size_) return {};
    combine(members_, combined_);
    return {&combined_, members_.staleness_max(), size_};
  }

  void state(Archive& archive) override {
    if (members_.size() == size_) forget();
    members_.state(archive, size_ - 1);
  }

 protected:
  /// How much an update counts, as it arrives.
  virtual double weigh(const Arrival& /*arrival*/, Update& /*update*/) { return 1; }
  /// Makes one update of the members, which stay as they are until it has been used.
  virtual void combine(Members& members, Update& combined) = 0;
  /// The step of these members is done.
  virtual void used(Members& /*members*/) {}

 private:
  void forget() {
    used(members_);
    members_.clear();
  }

  std::uint64_t size_;
  Members members_;
  Update combined_;
};

}  // namespace tailrace::policy
