#include "tailrace/policy/transform/compensate_online.hpp"

#include <algorithm>
#include <cmath>

#include "tailrace/core/check.hpp"
#include "tailrace/math/kernel.hpp"
#include "tailrace/policy/whole_sums.hpp"

namespace tailrace::policy {
namespace {

/// c_j of one coordinate; 1/mean_root is 0 as long as nothing has been seen.
inline double shape_of(Curvature curvature, double root, double inverse) {
  const double relative = root * inverse;
  return curvature == Curvature::equal  ? 1
         : curvature == Curvature::root ? relative
                                        : relative * relative;
}

/// out <- factor * c * (to - from)
TAILRACE_KERNEL void shape_way(Curvature curvature, double inverse, double factor, const Real* root,
                               const Real* to, const Real* from, Real* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const double c = shape_of(curvature, static_cast<double>(root[i]), inverse);
    const double apart = static_cast<double>(to[i]) - static_cast<double>(from[i]);
    out[i] = static_cast<Real>(factor * c * apart);
  }
}

/// out <- u + gain * c * (model - start), then u goes into the root mean square.
TAILRACE_KERNEL void compensate(Curvature curvature, double inverse, double gain, double decay,
                                Real* root, const Real* model, const Real* start, Real scale,
                                const Real* in, Real* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const auto u = static_cast<double>(scale * in[i]);
    const auto before = static_cast<double>(root[i]);
    const double c = shape_of(curvature, before, inverse);
    const double drift = static_cast<double>(model[i]) - static_cast<double>(start[i]);
    root[i] = static_cast<Real>(std::sqrt(decay * before * before + (1 - decay) * u * u));
    out[i] = static_cast<Real>(u + gain * c * drift);
  }
}

/// Where the ways x_start' - x_start and z have little in common, D is small by chance and lambda
/// would be large by chance.
constexpr double weakest = 0.5;

double inverse_of(double mean_root) { return mean_root > 0 ? 1 / mean_root : 0; }

}  // namespace

void CompensateOnline::prepare(const PartSetup& setup) {
  root.prepare(setup.dimension);
  scratch.assign(setup.dimension, 0);
  slices = setup.slices;
  coordinates = 0;
  followed.assign(probes, {});
  fresh_minus_stale = way = reach = 0;
}

double CompensateOnline::strength() const {
  const double measured = std::max(way, weakest * reach);
  return fresh_minus_stale > 0 && measured > 0 ? std::min(max, fresh_minus_stale / measured) : 0;
}

void CompensateOnline::measure(Probe& probe, const std::vector<Real>& values) {
  probe.busy = false;
  const Block whole{.begin = 0, .size = values.size()};
  shape_way(curvature, inverse_of(mean_root), 1, root.at(whole), start.data(), probe.start.data(),
            scratch.data(), values.size());
  const double difference = dot(values, probe.weights, slices) - probe.product;
  const double expected = dot(scratch, probe.weights, slices);
  const double square = squared_norm(scratch, slices);
  const double largest = std::sqrt(square * squared_norm(probe.weights, slices));
  if (!std::isfinite(difference) || !std::isfinite(largest)) return;
  fresh_minus_stale = decay * fresh_minus_stale + (1 - decay) * difference;
  way = decay * way + (1 - decay) * expected;
  reach = decay * reach + (1 - decay) * largest;
}

void CompensateOnline::follow(Probe& probe, WorkerId worker, const std::vector<Real>& values) {
  const double moved = std::sqrt(squared_distance(model, start, slices));
  // A model that stood still says nothing; nor does an update before any other.
  if (!(moved > 0) || (mean_root == 0 && curvature != Curvature::equal)) return;
  const Block whole{.begin = 0, .size = values.size()};
  probe.busy = true;
  probe.worker = worker;
  probe.start.assign(start.begin(), start.end());
  probe.weights.resize(values.size());
  shape_way(curvature, inverse_of(mean_root), 1 / moved, root.at(whole), model.data(), start.data(),
            probe.weights.data(), values.size());
  probe.product = dot(values, probe.weights, slices);
}

void CompensateOnline::apply(const Arrival& arrival, Update& update) {
  const std::size_t dimension = update.dimension();
  TAILRACE_CHECK(std::min(arrival.model.size(), arrival.start.size()) == dimension);
  model = arrival.model;
  start = arrival.start;
  const Block whole{.begin = 0, .size = dimension};
  if (coordinates == 0) coordinates = whole_size(dimension, slices);
  const double squares = squared_norm({root.at(whole), dimension}, slices);
  mean_root = std::sqrt(squares / static_cast<double>(coordinates));

  const auto due = std::find_if(followed.begin(), followed.end(), [&](const Probe& probe) {
    return probe.busy && probe.worker == arrival.worker;
  });
  if (due != followed.end()) {
    measure(*due, update.values());
  } else {
    const auto free = std::find_if(followed.begin(), followed.end(),
                                   [](const Probe& probe) { return !probe.busy; });
    if (free != followed.end()) follow(*free, arrival.worker, update.values());
  }
  gain = strength();
  update.then(Pass::of(*this));
}

void CompensateOnline::run(const Block& block) {
  compensate(curvature, inverse_of(mean_root), gain, decay, root.at(block),
             model.data() + block.begin, start.data() + block.begin, block.scale, block.in,
             block.out, block.size);
}

void CompensateOnline::state(Archive& archive) {
  archive(root, fresh_minus_stale, way, reach);
  archive(followed);
  if (!archive.reading()) return;
  const bool fits = archive.ok() && followed.size() == probes &&
                    std::all_of(followed.begin(), followed.end(), [&](const Probe& probe) {
                      const std::size_t size = probe.start.size();
                      return probe.weights.size() == size &&
                             (size == scratch.size() || (size == 0 && !probe.busy));
                    });
  if (fits) return;
  followed.assign(probes, {});
  archive.refuse();
}

}  // namespace tailrace::policy
