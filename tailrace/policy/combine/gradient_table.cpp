#include "tailrace/policy/combine/gradient_table.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace tailrace::policy {
namespace {

class Table final : public Combiner {
 public:
  Table(const GradientTable& options, const PartSetup& setup)
      : options_(options), dimension_(setup.dimension), entries_(setup.workers) {
    if (options_.every == 0) options_.every = setup.workers;
    combined_.use(setup.pool, setup.slices);
  }

  Combined add(const Arrival& arrival, JobNumber /*job*/, Update& update) override {
    Entry& entry = entries_[arrival.worker];
    filled_ += entry.values.empty() ? 1 : 0;
    update.exchange(entry.values);
    entry.factor = update.factor();
    entry.started = arrival.version - arrival.staleness;
    ++arrivals_;
    if (arrivals_ < options_.every) return {};
    if (options_.warm_up && filled_ < entries_.size()) return {};
    return combine(arrival.version);
  }

  void state(Archive& archive) override {
    const std::size_t workers = entries_.size();
    archive(entries_, arrivals_);
    if (!archive.reading()) return;
    bool fits = archive.ok() && entries_.size() == workers;
    filled_ = 0;
    for (const Entry& entry : entries_) {
      fits &= entry.values.empty() || entry.values.size() == dimension_;
      filled_ += entry.values.empty() ? 0 : 1;
    }
    if (fits) return;
    entries_.assign(workers, {});
    filled_ = 0;
    archive.refuse();
  }

 private:
  struct Entry {
    Version started = 0;
    double factor = 1;
    std::vector<Real> values;  ///< empty: none yet
    void state(Archive& archive) { archive(started, factor, values); }
  };

  Combined combine(Version now) {
    const std::uint64_t age_max =
        options_.limit_age ? options_.age_max : std::numeric_limits<std::uint64_t>::max();
    std::uint64_t oldest = 0;
    sources_.clear();
    for (const Entry& entry : entries_) {
      if (entry.values.empty() || now - entry.started > age_max) continue;
      sources_.push_back({entry.values.data(), entry.factor});
      oldest = std::max(oldest, now - entry.started);
    }
    if (sources_.empty()) return {};
    const std::size_t divisor =
        options_.mean == TableMean::filled ? sources_.size() : entries_.size();
    for (Update::Source& source : sources_) source.weight *= 1.0 / static_cast<double>(divisor);
    combined_.start(dimension_, sources_);
    const Combined result{&combined_, oldest, arrivals_};
    arrivals_ = 0;
    return result;
  }

  GradientTable options_;
  std::size_t dimension_;
  std::vector<Entry> entries_;  ///< by worker
  std::size_t filled_ = 0;
  std::uint64_t arrivals_ = 0;  ///< since the last step
  std::vector<Update::Source> sources_;
  Update combined_;
};

}  // namespace

std::unique_ptr<Combiner> GradientTable::make(const PartSetup& setup) const {
  return std::make_unique<Table>(*this, setup);
}

}  // namespace tailrace::policy
