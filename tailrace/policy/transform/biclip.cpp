#include "tailrace/policy/transform/biclip.hpp"

#include <algorithm>

#include "tailrace/math/kernel.hpp"

namespace tailrace::policy {
namespace {

TAILRACE_KERNEL void clip_both_ways(Real lower, Real upper, Real scale, const Real* in, Real* out,
                                    std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    // In this order the upper bound wins and NaN passes through.
    const Real value = scale * in[i];
    const Real distance = std::fabs(value);
    const Real raised = distance < lower ? lower : distance;
    const Real clipped = std::copysign(raised > upper ? upper : raised, value);
    out[i] = value == 0 ? value : clipped;
  }
}

}  // namespace

void BiClip::apply(const Arrival& arrival, Update& update) {
  const auto t = static_cast<double>(arrival.step());
  lower_now = lower * std::pow(t, lower_power);
  upper_now = upper * std::pow(t, upper_power);
  if (form == ClipForm::coordinates) return update.then(Pass::of(*this));
  const double norm = update.norm();
  if (norm == 0) return;
  const double target = std::min(upper_now, std::max(lower_now, norm));
  if (target != norm) update.scale(target / norm);
}

void BiClip::run(const Block& block) const {
  clip_both_ways(static_cast<Real>(lower_now), static_cast<Real>(upper_now), block.scale, block.in,
                 block.out, block.size);
}

}  // namespace tailrace::policy
