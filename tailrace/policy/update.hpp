#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "tailrace/core/ids.hpp"
#include "tailrace/core/parallel.hpp"
#include "tailrace/policy/slices.hpp"

namespace tailrace::policy {

/// A piece of an update on its way through one coordinate-wise pass.
struct Block {
  std::size_t begin;  ///< its first coordinate in the whole vector
  std::size_t size;
  const Real* in;  ///< (size) values before
  Real scale;      ///< the pending factor: the input is scale * in
  Real* out;       ///< (size) values after; may be `in`
};

/// A coordinate-wise operation with whatever state it keeps per coordinate. Runs on disjoint
/// blocks, in any order and possibly on several threads, exactly once per coordinate of an update.
struct Pass {
  void (*run)(void* self, const Block& block);
  void* self;  ///< outlives the server's handling of this event

  /// The pass that calls self->run(block).
  template <class T>
  static Pass of(T& self) {
    return {[](void* t, const Block& block) { static_cast<T*>(t)->run(block); }, &self};
  }
};

/// What a job sends back, one flat vector on its way into the model. Gradient-like: the server
/// subtracts it.
///
/// It travels lazily. A factor and the norm are kept beside the vector, and coordinate-wise passes
/// queue up, so that
///
///   * clipping by norm, staleness scaling and normalizing never touch the vector (the norm once);
///   * all queued passes, the sum over a buffer and the model update run in one sweep, block by
///     block in cache: each array moves through memory once per server step.
///
///   values   Real (dimension)  parameter units
///   factor   double            pending; the update is factor * passes(sum_j weight_j * source_j)
///
/// Reused from event to event; once warm it allocates nothing.
class Update {
 public:
  Update() = default;
  explicit Update(std::vector<Real> values) : values_(std::move(values)) {}

  /// One vector of a combined update.
  struct Source {
    const Real* values;
    double weight;
  };

  /// Memory for `dimension` values to be written by whoever computes the update; forgets the rest.
  std::span<Real> start(std::size_t dimension);
  /// Becomes sum_j weight_j * source_j, summed in this order in double. The sources stay alive and
  /// unchanged until the update has been used. A single source is not copied and its weight stays
  /// pending.
  void start(std::size_t dimension, std::span<const Source> sources);

  [[nodiscard]] std::size_t dimension() const { return dimension_.value_or(values_.size()); }

  /// Threads that sweeps may use; null means the caller's alone. Does not change any bit.
  ///
  ///   slices  who hold the rest of the vector, of which this is a slice; null: it is all here
  void use(Pool* pool, Slices* slices = nullptr) {
    pool_ = pool;
    slices_ = slices;
  }

  /// Euclidean norm of the whole vector, infinite or NaN if the values are. Runs what is queued, at
  /// most once.
  [[nodiscard]] double norm();
  /// The norm is computed anew when it is asked for: it is then a function of values and factor,
  /// however they came about.
  void forget_norm() { norm_.reset(); }

  /// Multiplies by a number; O(1).
  void scale(double factor) { factor_ *= factor; }
  [[nodiscard]] double factor() const { return factor_; }

  /// Queues a coordinate-wise pass; it sees everything that came before it.
  void then(Pass pass);

  /// The method has no use for this update.
  void discard() { discarded_ = true; }
  [[nodiscard]] bool discarded() const { return discarded_; }

  /// Runs what is queued; afterwards the update is factor() times its own memory.
  void settle();
  /// settle(), then hands over the memory in exchange for `spare` (any size); the update is then
  /// empty.
  void exchange(std::vector<Real>& spare);

  /// The finished values, factor applied. For tests and for methods that need to look.
  [[nodiscard]] const std::vector<Real>& values();
  /// The same, to be changed in place, for what is not coordinate-wise; forgets the norm.
  [[nodiscard]] std::span<Real> edit();

  /// to = from - step_size * update, in one sweep with everything queued (to may be from). Uses the
  /// update up. False if any new parameter is not finite, here or in another slice.
  bool subtract_from(const Real* from, Real* to, double step_size);

 private:
  struct Queued {
    Pass pass;
    Real scale;
  };

  void reset();
  /// A factor near the end of Real's range would lose digits when it is applied; applies it in
  /// double.
  void absorb_extreme_factor();
  /// Sources and passes for the block at `begin`; the result is at the returned place.
  const Real* load(std::size_t begin, std::size_t size, Real* scratch, double* sum) const;
  /// Calls body(chunk, begin, end) for every chunk, on the pool if there are several.
  template <class Body>
  void sweep(const Body& body);
  void settle_measuring(bool measure_norm);
  /// The norm from the squared norms of chunks.
  [[nodiscard]] double root_of(std::span<const double> squares);
  [[nodiscard]] bool settled() const { return queued_ == 0 && sources_.size() <= 1; }
  [[nodiscard]] const Real* only_source() const {
    return sources_.empty() ? values_.data() : sources_.front().values;
  }

  static constexpr std::size_t queue_max = 8;

  std::vector<Real> values_;
  std::vector<Source> sources_;  ///< empty: the source is values_
  std::optional<std::size_t> dimension_;
  double factor_ = 1;
  std::optional<double> norm_;  ///< of the settled values, factor not applied
  std::array<Queued, queue_max> queue_;
  std::size_t queued_ = 0;
  bool discarded_ = false;
  Pool* pool_ = nullptr;
  Slices* slices_ = nullptr;
};

}  // namespace tailrace::policy
