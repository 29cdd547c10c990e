#include "tailrace/policy/combine/buffer.hpp"

#include "tailrace/policy/combine/members.hpp"

namespace tailrace::policy {
namespace {

class Collecting final : public Combiner {
 public:
  Collecting(const Buffer& options, const PartSetup& setup)
      : options_(options), members_(setup.dimension) {
    combined_.use(setup.pool, setup.slices);
  }

  Combined add(const Arrival& arrival, JobNumber job, Update& update) override {
    // A buffer of one is no buffer: nothing is moved and nothing is rounded twice.
    if (options_.size == 1) return {&update, arrival.staleness};
    if (members_.size() == options_.size) members_.clear();
    members_.add(arrival, job, update);
    if (members_.size() < options_.size) return {};
    const double share =
        options_.reduce == Reduce::mean ? 1.0 / static_cast<double>(options_.size) : 1.0;
    members_.add_up(share, combined_);
    return {&combined_, members_.staleness_max(), options_.size};
  }

  void state(Archive& archive) override {
    if (members_.size() == options_.size) members_.clear();
    members_.state(archive, options_.size);
  }

 private:
  Buffer options_;
  Members members_;
  Update combined_;
};

}  // namespace

std::unique_ptr<Combiner> Buffer::make(const PartSetup& setup) const {
  return std::make_unique<Collecting>(*this, setup);
}

}  // namespace tailrace::policy
