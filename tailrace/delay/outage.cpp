#include "tailrace/delay/outage.hpp"

#include <algorithm>
#include <utility>

#include "tailrace/core/distributions.hpp"
#include "tailrace/core/random.hpp"

namespace tailrace::delay {
namespace {

/// Bounds the walk of a job whose length a heavy tail drew beyond all reason.
constexpr std::uint64_t cycles_max = 1'000'000;

Time scaled(Time mean, double factor) { return Time::from_seconds(mean.seconds() * factor); }

}  // namespace

Outages::Outages(const Outage& options, WorkerId workers, std::uint64_t seed)
    : options_(options), key_(Stream::key_of(seed, Purpose::outage)) {
  // Time must pass in every cycle.
  options_.up = std::max(options_.up, Time{1});
  cycles_.reserve(workers);
  const Time period = options_.up + options_.down;
  for (WorkerId worker = 0; worker < workers; ++worker) {
    const double elapsed =
        options_.law == Outage::Law::fixed ? static_cast<double>(worker) / workers : 0;
    cycles_.push_back(cycle(worker, 0, Time{0} - scaled(period, elapsed)));
  }
}

Outages::Cycle Outages::cycle(WorkerId worker, std::uint64_t number, Time begin) const {
  Time up = options_.up;
  Time down = options_.down;
  if (options_.law == Outage::Law::exponential) {
    Stream stream(key_, worker, number);
    up = std::max(scaled(up, standard_exponential(stream)), Time{1});
    down = scaled(down, standard_exponential(stream));
  }
  return {number, begin + up, begin + up + down};
}

Outages::Cycle Outages::next(WorkerId worker, const Cycle& before) const {
  return cycle(worker, before.number + 1, before.down_end);
}

Outages::Span Outages::place(WorkerId worker, Time now, Time begin, Time work) {
  constexpr Span endless{Time::never(), Time::never()};
  if (begin == Time::never()) return endless;
  Cycle& known = cycles_[worker];
  while (known.down_end <= now) known = next(worker, known);
  Cycle current = known;
  const std::uint64_t last = known.number + cycles_max;
  while (current.down_end <= begin) {
    if (current.number == last) return endless;
    current = next(worker, current);
  }
  if (current.up_end <= begin) {
    begin = current.down_end;
    current = next(worker, current);
  }
  Time end = begin + work;
  while (end > current.up_end) {
    if (work == Time::never() || current.number >= last) return {begin, Time::never()};
    end = end + (current.down_end - current.up_end);
    current = next(worker, current);
  }
  return {begin, end};
}

void Outages::state(Archive& archive) {
  std::vector<Cycle> cycles = cycles_;
  archive(cycles);
  if (cycles.size() != cycles_.size()) return archive.refuse();
  cycles_ = std::move(cycles);
}

}  // namespace tailrace::delay
