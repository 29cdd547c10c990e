#pragma once

#include <concepts>
#include <cstdint>

#include "tailrace/core/field.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/random.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::delay {

/// One local step (one gradient), as a delay model sees it.
struct StepName {
  WorkerId worker = 0;
  std::uint64_t number = 0;  ///< draws this worker was due before this one: job * steps + step
};

/// Draws how long one local step computes.
///
///     seconds = draw(mean, step, stream)
///
///   mean     double  [s]  > 0, s_i of the worker, from its speed model
///   step     StepName     which step of which worker
///   stream   Stream       keyed by (seed, compute, worker, job); a job's steps draw in turn
///   seconds  double  [s]  >= 0; 0 is allowed (a Poisson count can be 0; a job of 0 in all takes
///                      1 ns), infinity means never
template <class T>
concept Sampler = requires(const T& sampler, double mean, const StepName& step, Stream& stream) {
  { sampler.draw(mean, step, stream) } -> std::same_as<double>;
};

/// What a model may look at when it gets ready for a run.
struct ModelSetup {
  WorkerId workers = 1;
  std::uint64_t seed = 0;
};

/// The sampler that `model` stands for: the model itself, or what its member
/// `Result<Sampler> prepare(const ModelSetup&) const` makes of it (tables, constants, checks across
/// options).
template <class Model>
auto prepare(const Model& model, const ModelSetup& setup) {
  if constexpr (requires { model.prepare(setup); }) {
    return model.prepare(setup);
  } else {
    return Result<Model>(model);
  }
}

/// A delay model that an experiment file can name.
template <class T>
concept DelayModel = Component<T> && requires(const T& model, const ModelSetup& setup) {
  { *prepare(model, setup) } -> Sampler;
};

}  // namespace tailrace::delay
