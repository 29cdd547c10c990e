#include "tailrace/delay/speed.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>

#include "tailrace/core/distributions.hpp"
#include "tailrace/delay/shares.hpp"

namespace tailrace::delay {
namespace {

/// Calls seconds_of(i) for every worker and refuses times that cannot be: a power may overflow.
template <class SecondsOf>
Result<std::vector<double>> collect(WorkerId workers, SecondsOf&& seconds_of) {
  std::vector<double> seconds(workers);
  for (WorkerId i = 0; i < workers; ++i) {
    seconds[i] = seconds_of(i);
    if (seconds[i] >= 1e-9 && seconds[i] <= 1e9) continue;
    return fail({.code = "delay/bad-speed",
                 .what = fmt::format("worker {} would take {} s for a gradient", i, seconds[i]),
                 .where = "workers.speed",
                 .fix = "choose times of 1e-9 to 1e9 s"});
  }
  return seconds;
}

Result<std::vector<double>> shuffled_if(bool shuffled, Result<std::vector<double>> seconds,
                                        std::uint64_t seed) {
  if (shuffled && seconds) {
    Stream stream(seed, Purpose::speed);
    shuffle(stream, std::span(*seconds));
  }
  return seconds;
}

Result<std::vector<double>> by_class(WorkerId workers, const std::vector<double>& seconds,
                                     const std::vector<double>& shares) {
  const auto group = split_by_shares(workers, shares, "workers.speed.shares");
  if (!group) return fail(group.error());
  return collect(workers, [&](WorkerId i) { return seconds[(*group)[i]]; });
}

}  // namespace

Result<std::vector<double>> EqualSpeeds::values(WorkerId workers, std::uint64_t) const {
  return collect(workers, [&](WorkerId) { return seconds; });
}

Result<std::vector<double>> ListedSpeeds::values(WorkerId workers, std::uint64_t seed) const {
  if (seconds.size() != workers) {
    return fail({.code = "delay/wrong-length",
                 .what = fmt::format("{} times for {} workers", seconds.size(), workers),
                 .where = "workers.speed.seconds",
                 .fix = "give one time a worker"});
  }
  return shuffled_if(shuffled, collect(workers, [&](WorkerId i) { return seconds[i]; }), seed);
}

Result<std::vector<double>> LinearSpeeds::values(WorkerId workers, std::uint64_t seed) const {
  return shuffled_if(shuffled, collect(workers, [&](WorkerId i) { return seconds * (i + 1.0); }),
                     seed);
}

Result<std::vector<double>> SquareRootSpeeds::values(WorkerId workers, std::uint64_t seed) const {
  return shuffled_if(
      shuffled, collect(workers, [&](WorkerId i) { return seconds * (1 + std::sqrt(i)); }), seed);
}

Result<std::vector<double>> PowerSpeeds::values(WorkerId workers, std::uint64_t seed) const {
  return shuffled_if(
      shuffled, collect(workers, [&](WorkerId i) { return seconds * std::pow(i + 1.0, exponent); }),
      seed);
}

Result<std::vector<double>> TwoSpeeds::values(WorkerId workers, std::uint64_t seed) const {
  return shuffled_if(shuffled,
                     by_class(workers, {seconds, seconds * slowdown}, {1 - slow_share, slow_share}),
                     seed);
}

Result<std::vector<double>> SpeedClasses::values(WorkerId workers, std::uint64_t seed) const {
  if (seconds.size() != shares.size()) {
    return fail({.code = "delay/wrong-length",
                 .what = fmt::format("{} times for {} shares", seconds.size(), shares.size()),
                 .where = "workers.speed",
                 .fix = "give each class one time and one share"});
  }
  return shuffled_if(shuffled, by_class(workers, seconds, shares), seed);
}

}  // namespace tailrace::delay
