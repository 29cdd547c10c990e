#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "tailrace/core/check.hpp"
#include "tailrace/core/random.hpp"
#include "tailrace/delay/model.hpp"
#include "tailrace/delay/outage.hpp"
#include "tailrace/delay/per_worker.hpp"
#include "tailrace/delay/timing.hpp"
#include "tailrace/delay/workers.hpp"

namespace tailrace::delay {

/// What a DelayTiming is made of, besides its sampler.
struct TimingParts {
  WorkerId workers;
  std::uint64_t key;         ///< Stream::key_of(seed, Purpose::compute)
  PerWorker<double> speeds;  ///< s_i [s]
  Workers::Per per;
  PerWorker<Time> up;
  PerWorker<Time> down;
  std::optional<Outages> outages;
};

/// The timing of workers.hpp for one delay model. A template, so that a draw is inlined: the engine
/// pays one virtual call a job and nothing for what is not used.
template <Sampler T>
class DelayTiming final : public Timing {
 public:
  DelayTiming(T sampler, TimingParts parts)
      : sampler_(std::move(sampler)), parts_(std::move(parts)) {}

  JobSpan schedule(const JobTiming& job) override {
    TAILRACE_CHECK(job.worker < parts_.workers);
    const Time begin = std::max(job.given + parts_.down[job.worker], job.free);
    const Time drawn = parts_.per == Workers::Per::step ? sum_of_steps(job) : steps_alike(job);
    // Virtual time must advance, however fast the workers.
    const Time work = std::max(drawn, Time{1});
    Outages::Span span{begin, begin + work};
    if (parts_.outages) span = parts_.outages->place(job.worker, job.given, begin, work);
    return {span.start, span.end, span.end + parts_.up[job.worker]};
  }

  void state(Archive& archive) override {
    if (parts_.outages) parts_.outages->state(archive);
  }

 private:
  Time sum_of_steps(const JobTiming& job) const {
    Stream stream(parts_.key, job.worker, job.job);
    const double mean = parts_.speeds[job.worker];
    StepName step{job.worker, job.job * job.steps};
    Time sum;
    for (std::uint32_t k = 0; k < job.steps; ++k, ++step.number) {
      sum = sum + Time::from_seconds(sampler_.draw(mean, step, stream));
    }
    return sum;
  }

  Time steps_alike(const JobTiming& job) const {
    Stream stream(parts_.key, job.worker, job.job);
    const StepName step{job.worker, job.job};
    const Time one = Time::from_seconds(sampler_.draw(parts_.speeds[job.worker], step, stream));
    std::int64_t all = 0;
    if (__builtin_mul_overflow(one.ns, static_cast<std::int64_t>(job.steps), &all)) {
      return Time::never();
    }
    return {all};
  }

  T sampler_;
  TimingParts parts_;
};

}  // namespace tailrace::delay
