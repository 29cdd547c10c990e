#include "tailrace/engine/replay.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tailrace::engine {

Result<LoggedTiming> LoggedTiming::make(const RunLog& log, std::uint32_t workers) {
  LoggedTiming timing(workers);
  for (const LogEntry& entry : log.entries) {
    if (entry.worker == LogEntry::timer) continue;
    if (entry.worker >= workers) {
      return fail(Error{
          .code = "engine/run-log",
          .what = fmt::format("the run log names worker {}, but the experiment has {} workers",
                              entry.worker, workers),
          .where = {},
          .fix = "replay it with the experiment file it was recorded with"});
    }
    timing.arrivals_[entry.worker].push_back(entry.time);
  }
  return timing;
}

delay::JobSpan LoggedTiming::schedule(const delay::JobTiming& job) {
  const std::vector<Time>& times = arrivals_[job.worker];
  const Time start = std::max(job.given, job.free);
  const std::uint64_t arrival = job.job - canceled_[job.worker];
  if (arrival >= times.size()) return {start, start, Time::never()};
  return {start, times[arrival], times[arrival]};
}

Result<RunResult> replay(const problem::Problem& problem, const policy::Method& method,
                         const RunLog& log, const RunOptions& options) {
  Result<LoggedTiming> timing =
      LoggedTiming::make(log, static_cast<std::uint32_t>(problem.workers()));
  if (!timing) return fail(timing.error());
  RunOptions until_its_end = options;
  until_its_end.repeats = &log;
  return simulate(problem, method, *timing, until_its_end);
}

}  // namespace tailrace::engine
