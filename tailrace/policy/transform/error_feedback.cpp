#include "tailrace/policy/transform/error_feedback.hpp"

#include <algorithm>

#include "tailrace/core/check.hpp"
#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

TAILRACE_KERNEL void add_both_ways(Real* error, Real* values, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const Real sum = error[i] + values[i];
    error[i] = sum;
    values[i] = sum;
  }
}

TAILRACE_KERNEL void subtract(Real* error, const Real* values, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) error[i] -= values[i];
}

}  // namespace

void ErrorFeedback::prepare(const PartSetup& setup, bool on) {
  on_ = on;
  dimension_ = setup.dimension;
  errors_.assign(on ? setup.workers : 0, {});
}

std::span<Real> ErrorFeedback::error_of(WorkerId worker) {
  TAILRACE_CHECK(worker < errors_.size());
  std::vector<Real>& error = errors_[worker];
  if (error.empty()) error.assign(dimension_, 0);
  return error;
}

void ErrorFeedback::add_error(std::span<Real> error, std::span<Real> values) {
  TAILRACE_CHECK(error.size() == values.size());
  add_both_ways(error.data(), values.data(), values.size());
}

void ErrorFeedback::keep_rest(std::span<Real> error, std::span<const Real> values) {
  subtract(error.data(), values.data(), values.size());
}

void ErrorFeedback::forget(WorkerId worker) {
  if (!on_) return;
  TAILRACE_CHECK(worker < errors_.size());
  errors_[worker].clear();
}

void ErrorFeedback::state(Archive& archive) {
  const std::size_t workers = errors_.size();
  archive(errors_);
  const bool usable =
      errors_.size() == workers && std::all_of(errors_.begin(), errors_.end(), [&](const auto& e) {
        return e.empty() || e.size() == dimension_;
      });
  if (usable) return;
  // Saved for another model or other workers: kernels rely on the lengths.
  errors_.assign(workers, {});
  archive.refuse();
}

}  // namespace tailrace::policy
