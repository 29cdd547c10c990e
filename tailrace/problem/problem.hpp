#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "tailrace/core/ids.hpp"
#include "tailrace/core/layout.hpp"
#include "tailrace/core/parallel.hpp"
#include "tailrace/core/random.hpp"

namespace tailrace::problem {

/// What is known about a model: full-data figures, never used by a method, free in virtual time.
struct Evaluation {
  double loss = 0;                       ///< f(x) = (1/n) sum_i f_i(x), over all training samples
  double gradient_norm = 0;              ///< ||grad f(x)||
  std::optional<double> accuracy = {};   ///< share of training samples classified right
  std::optional<double> test_loss = {};  ///< as the problem defines it
  std::optional<double> test_accuracy = {};  ///< share of test samples classified right
  std::optional<double> test_score = {};     ///< the task's own figure, at most 1, more is better
};

/// One stochastic gradient, as a job asks for it.
struct GradientRequest {
  WorkerId worker = 0;
  std::span<const Real> model;  ///< (dimension)
  Stream* batch = nullptr;      ///< which samples to look at; keyed by seed, worker, job
  Stream* noise = nullptr;      ///< injected noise; keyed likewise, so that methods share it
};

/// Computes gradients on one thread at a time; holds that thread's scratch memory or model replica.
class Oracle {
 public:
  virtual ~Oracle() = default;

  /// Writes a stochastic gradient of f_worker at the model to out (dimension), a mean over samples.
  /// A pure function of the request: same model, same streams, same bits, on any thread.
  /// Divergence shows as non-finite numbers in `out`, never as an error. Throws only what nothing
  /// else can be done about, such as memory that cannot be had or a third party's refusal: it ends
  /// the run. The oracle can be asked again all the same.
  virtual void gradient(const GradientRequest& request, std::span<Real> out) = 0;

  /// Writes the mean of all those gradients, grad f_worker at the model, and returns true; or
  /// returns false where the problem cannot take it (`out` is then left alone). For those who look
  /// at noise; no method asks for it.
  virtual bool mean_gradient(WorkerId /*worker*/, std::span<const Real> /*model*/,
                             std::span<Real> /*out*/) {
    return false;
  }
};

/// An objective  f(x) = (1/n) sum_i f_i(x)  whose parts f_i live on n workers. Immutable once built
/// and shared by all threads.
class Problem {
 public:
  virtual ~Problem() = default;

  [[nodiscard]] virtual const Layout& layout() const = 0;
  [[nodiscard]] std::size_t dimension() const { return layout().dimension; }
  [[nodiscard]] virtual std::size_t workers() const = 0;

  /// (workers) Each worker's share of all samples, sums to 1; empty where workers have no samples
  /// or equally many.
  [[nodiscard]] virtual std::span<const double> shares() const { return {}; }

  /// Writes the starting point, the same for every method of one seed.
  virtual void start(std::uint64_t seed, std::span<Real> out) const = 0;

  [[nodiscard]] virtual std::unique_ptr<Oracle> oracle() const = 0;

  /// Full loss, gradient norm and accuracies; sums run in a fixed order whatever the pool.
  [[nodiscard]] virtual Evaluation evaluate(std::span<const Real> model, Pool* pool) const = 0;

  /// One line for people: "logistic on a9a: 32,561 rows, 123 features, 16 shards of 2,035".
  [[nodiscard]] virtual std::string describe() const = 0;

  /// A sentence on what makes this problem needlessly slow on this machine; mostly empty.
  [[nodiscard]] virtual std::string warning() const { return {}; }
};

}  // namespace tailrace::problem
