#pragma once

#include <span>

namespace tailrace::policy {

/// The servers that hold the other slices of a model of which one server holds this one.
///
/// A method's server is a pure state machine, so each of them runs the same one on its own slice,
/// told the same events in the same order; all but lengths is then its own business. They ask each
/// other the same questions in the same order, and get the same answers.
///
/// A slice is a whole number of chunks (math::chunk_size), the last one excepted, so that the sums
/// of chunks, added up in the order of the chunks, have the bits of a server that holds everything.
class Slices {
 public:
  virtual ~Slices() = default;

  /// The sum over the chunks of the whole vector, one after the other; `chunks` are this slice's.
  [[nodiscard]] virtual double add_up(std::span<const double> chunks) = 0;
  /// Whether it holds here and in all other slices.
  [[nodiscard]] virtual bool all(bool here) = 0;
};

/// Whether servers that hold a slice of the model each may run a part: it is coordinate-wise but
/// for the norms of updates. It says so itself, by `static constexpr bool sliceable = true`, or by
/// a function of this name where its options decide.
template <class Part>
[[nodiscard]] constexpr bool is_sliceable(const Part& part) {
  if constexpr (requires { part.sliceable(); }) {
    return part.sliceable();
  } else if constexpr (requires { Part::sliceable; }) {
    return Part::sliceable;
  } else {
    return false;
  }
}

}  // namespace tailrace::policy
