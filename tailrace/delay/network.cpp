#include "tailrace/delay/network.hpp"

#include <fmt/core.h>

namespace tailrace::delay {
namespace {

Status check_length(std::size_t size, WorkerId workers, const std::string& where) {
  if (size == 0 || size == workers) return {};
  return fail({.code = "delay/wrong-length",
               .what = fmt::format("{} values for {} workers", size, workers),
               .where = where,
               .fix = "give one value a worker"});
}

}  // namespace

Result<PerWorker<Time>> Link::times(WorkerId workers, std::size_t bytes,
                                    const std::string& where) const {
  for (const Status& status : {check_length(latencies.size(), workers, where + ".latencies"),
                               check_length(bandwidths.size(), workers, where + ".bandwidths")}) {
    if (!status) return fail(status.error());
  }
  const bool uniform = latencies.empty() && bandwidths.empty();
  std::vector<Time> times(uniform ? 1 : workers);
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Bandwidth speed = bandwidths.empty() ? bandwidth : bandwidths[i];
    times[i] = (latencies.empty() ? latency : latencies[i]) +
               Time::from_seconds(static_cast<double>(bytes) / speed.bytes_per_second);
  }
  return PerWorker<Time>(std::move(times));
}

}  // namespace tailrace::delay
