#include "tailrace/policy/transform/divide_by_gap.hpp"

#include <algorithm>
#include <cmath>

#include "tailrace/core/check.hpp"
#include "tailrace/math/kernel.hpp"
#include "tailrace/policy/whole_sums.hpp"

namespace tailrace::policy {
namespace {

/// What one update needs besides the arrays.
struct Step {
  double decay;
  double gain;  ///< undoes the pull of the mean square towards the zero it begins with
  double size;
};

TAILRACE_KERNEL void divide(const Step step, const Real* model, const Real* start, Real scale,
                            const Real* in, Real* root, Real* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const auto u = static_cast<double>(scale * in[i]);
    const auto before = static_cast<double>(root[i]);
    const double r = std::sqrt(step.decay * before * before + (1 - step.decay) * u * u);
    root[i] = static_cast<Real>(r);
    const double gap = std::fabs(static_cast<double>(model[i]) - static_cast<double>(start[i]));
    const double average = step.size * step.gain * r;
    // Where no update ever moved there is nothing to divide.
    out[i] = static_cast<Real>(u == 0 ? u : u * (average / (average + gap)));
  }
}

TAILRACE_KERNEL void measure(const Step step, const Real* in, Real* root, Real* out,
                             std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const auto u = static_cast<double>(in[i]);
    const auto before = static_cast<double>(root[i]);
    const double r = std::sqrt(step.decay * before * before + (1 - step.decay) * u * u);
    root[i] = static_cast<Real>(r);
    out[i] = static_cast<Real>(step.gain * r);
  }
}

}  // namespace

void DivideByGap::apply(const Arrival& arrival, Update& update) {
  TAILRACE_CHECK(std::min(arrival.model.size(), arrival.start.size()) >= update.dimension());
  power *= decay;
  model = arrival.model;
  start = arrival.start;
  if (form == ClipForm::coordinates) return update.then(Pass::of(*this));
  const Step step{.decay = decay, .gain = 1 / std::sqrt(1 - power), .size = step_size};
  const std::vector<Real>& values = update.values();
  const Block whole{.begin = 0, .size = values.size(), .in = values.data(), .scale = 1};
  measure(step, values.data(), root.at(whole), scratch.data(), values.size());
  const double average = step_size * std::sqrt(squared_norm(scratch, slices));
  const double gap = std::sqrt(squared_distance(model, start, slices));
  if (average > 0) update.scale(average / (average + gap));
}

void DivideByGap::run(const Block& block) {
  const Step step{.decay = decay, .gain = 1 / std::sqrt(1 - power), .size = step_size};
  divide(step, model.data() + block.begin, start.data() + block.begin, block.scale, block.in,
         root.at(block), block.out, block.size);
}

}  // namespace tailrace::policy
