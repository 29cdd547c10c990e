#include "tailrace/engine/recorded_times.hpp"

#include <algorithm>
#include <utility>

#include "tailrace/core/check.hpp"

namespace tailrace::engine {

std::vector<std::vector<Time>> with_guesses(std::vector<std::vector<Time>> times) {
  const auto known =
      std::find_if(times.begin(), times.end(), [](const auto& of) { return !of.empty(); });
  if (known == times.end()) return {};
  std::vector<Time> before = *known;
  for (std::vector<Time>& of_worker : times) {
    if (of_worker.empty()) of_worker = before;
    before = of_worker;
  }
  return times;
}

void RecordedTimes::started(WorkerId worker, JobNumber job, Version /*version*/, Time now) {
  workers_[worker].open.push_back({job, now});
}

Time RecordedTimes::close(WorkerId worker, JobNumber job, Time now) {
  Worker& of = workers_[worker];
  const auto found = std::find_if(of.open.begin(), of.open.end(),
                                  [job](const Open& open) { return open.job == job; });
  TAILRACE_CHECK(found != of.open.end());
  const Time begin = std::max(found->given, of.free);
  of.open.erase(found);
  of.free = now;
  return std::max(Time{1}, now - begin);
}

void RecordedTimes::canceled(WorkerId worker, JobNumber job, Time now) {
  ++canceled_;
  const Time took = close(worker, job, now);
  workers_[worker].canceled_longest = std::max(workers_[worker].canceled_longest, took);
}

void RecordedTimes::arrived(const policy::Arrived& arrived, policy::Update& /*update*/, Time now) {
  const Time took = close(arrived.worker, arrived.job, now);
  const auto steps = static_cast<std::int64_t>(std::max<std::uint32_t>(1, arrived.steps));
  workers_[arrived.worker].times.push_back({std::max<std::int64_t>(1, took.ns / steps)});
}

std::uint64_t RecordedTimes::guessed_workers() const {
  return static_cast<std::uint64_t>(std::count_if(
      workers_.begin(), workers_.end(), [](const Worker& worker) { return worker.times.empty(); }));
}

std::vector<std::vector<Time>> RecordedTimes::times() const {
  std::vector<std::vector<Time>> all;
  for (const Worker& worker : workers_) {
    all.push_back(worker.times);
    if (all.back().empty() && worker.canceled_longest > Time{0}) {
      all.back().push_back(worker.canceled_longest);
    }
  }
  return with_guesses(std::move(all));
}

TimesAgain::TimesAgain(std::vector<std::vector<Time>> times) : times_(std::move(times)) {
  for (const std::vector<Time>& of_worker : times_) TAILRACE_CHECK(!of_worker.empty());
}

delay::JobSpan TimesAgain::schedule(const delay::JobTiming& job) {
  const std::vector<Time>& times = times_[job.worker];
  const Time start = std::max(job.given, job.free);
  const Time one = times[job.job % times.size()];
  std::int64_t all = 0;
  if (__builtin_mul_overflow(one.ns, static_cast<std::int64_t>(std::max(1U, job.steps)), &all)) {
    return {start, Time::never(), Time::never()};
  }
  return {start, start + Time{all}, start + Time{all}};
}

}  // namespace tailrace::engine
