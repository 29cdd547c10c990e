#include "tailrace/engine/monitor.hpp"

#include <algorithm>
#include <cmath>

#include "tailrace/core/hash.hpp"

namespace tailrace::engine {

Monitor::Monitor(const problem::Problem& problem, const Stop& stop, const Evaluate& evaluate,
                 Progress* progress, Observer* observer, Pool* pool)
    : problem_(&problem),
      stop_(stop),
      evaluate_(evaluate),
      progress_(progress),
      observer_(observer),
      pool_(pool) {
  if (evaluate_.every) next_evaluation_ = *evaluate_.every;
  plan_next_moment();
}

void Monitor::plan_next_moment() {
  next_moment_ = std::min(next_evaluation_, stop_.time.value_or(Time::never()));
}

void Monitor::pass(Time now) {
  if (evaluation_due(now)) {
    // A real clock may have passed several moments at once; they call for one evaluation.
    const std::int64_t periods = now.ns / evaluate_.every->ns + 1;
    if (__builtin_mul_overflow(periods, evaluate_.every->ns, &next_evaluation_.ns)) {
      next_evaluation_ = Time::never();
    }
  }
  if (stop_.time && now >= *stop_.time) end(Ending::time);
  plan_next_moment();
}

void Monitor::evaluate(const Standing& standing, std::span<const Real> model) {
  const bool known = !samples_.empty() && samples_.back().step == standing.step;
  record(standing, known ? samples_.back().evaluation : problem_->evaluate(model, pool_));
}

void Monitor::record(const Standing& standing, const problem::Evaluation& evaluation) {
  samples_.push_back({.step = standing.step,
                      .time = standing.time,
                      .gradients = standing.gradients,
                      .staleness_mean = standing.counts->staleness_mean(),
                      .staleness_max = standing.counts->staleness_max,
                      .discarded = standing.counts->discarded,
                      .evaluation = evaluation});
  if (observer_ != nullptr) observer_->evaluated(samples_.back());
  if (progress_ != nullptr) progress_->loss.store(evaluation.loss, std::memory_order_relaxed);
  // Written so that a NaN loss counts as divergence too.
  if (!(evaluation.loss <= stop_.loss_above)) end(Ending::diverged);
  if (stop_.target && !target_ && stop_.target->reached(evaluation)) {
    target_ = samples_.back();
    end(Ending::target);
  }
}

void Monitor::after_arrival(const Standing& standing, bool diverged) {
  watch_progress(standing);
  if (diverged) end(Ending::diverged);
  if (stop_.steps && standing.step >= *stop_.steps) end(Ending::steps);
  if (stop_.gradients && standing.gradients >= *stop_.gradients) end(Ending::gradients);
}

void Monitor::watch_progress(const Standing& standing) {
  constexpr std::uint64_t events_max = 1'000'000;
  const std::uint64_t useful = standing.counts->arrivals - standing.counts->discarded;
  if (standing.step == last_step_ && useful <= useful_) {
    if (++fruitless_ == events_max) end(Ending::fruitless);
    return;
  }
  last_step_ = standing.step;
  useful_ = useful;
  fruitless_ = 0;
}

double Monitor::share(const Standing& standing) const {
  double share = 0;
  const auto consider = [&share](double done, double all) { share = std::max(share, done / all); };
  if (stop_.steps) {
    consider(static_cast<double>(standing.step), static_cast<double>(*stop_.steps));
  }
  if (stop_.time) consider(standing.time.seconds(), stop_.time->seconds());
  if (stop_.gradients) {
    consider(static_cast<double>(standing.gradients), static_cast<double>(*stop_.gradients));
  }
  return std::min(share, 1.0);
}

void Monitor::report(const Standing& standing) {
  if (progress_ == nullptr) return;
  progress_->steps.store(standing.step, std::memory_order_relaxed);
  progress_->gradients.store(standing.gradients, std::memory_order_relaxed);
  progress_->time_ns.store(standing.time.ns, std::memory_order_relaxed);
  progress_->share.store(ending_ ? 1.0 : share(standing), std::memory_order_relaxed);
}

void Monitor::finish(const Standing& standing, std::span<const Real> model, RunResult& result) {
  const bool recorded = !samples_.empty() && samples_.back().step == standing.step &&
                        samples_.back().time == standing.time;
  if (!recorded) evaluate(standing, model);
  report(standing);
  result.ending = ending_.value_or(Ending::idle);
  result.samples = samples_;
  result.target = target_;
  result.steps = standing.step;
  result.time = standing.time;
  result.gradients = standing.gradients;
  result.counts = *standing.counts;
  result.model.assign(model.begin(), model.end());
  result.model_hash = hash_model(model);
}

void Monitor::state(Archive& archive) {
  archive(samples_, target_, next_evaluation_, last_step_, useful_, fruitless_);
  plan_next_moment();
}

}  // namespace tailrace::engine
