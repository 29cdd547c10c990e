#include "tests/conformance/hostile.hpp"

#include <limits>

#include "tailrace/core/distributions.hpp"
#include "tailrace/core/random.hpp"

namespace tailrace::conformance {
namespace {

/// Calls value(i) for every coordinate.
Case made(std::string name, std::size_t dimension, auto&& value) {
  Case made{std::move(name), std::vector<Real>(dimension)};
  for (std::size_t i = 0; i < dimension; ++i) made.values[i] = static_cast<Real>(value(i));
  return made;
}

double alternating(std::size_t i) { return i % 2 == 0 ? 1 : -1; }

}  // namespace

std::vector<Case> hostile_cases(std::size_t dimension) {
  Stream stream("conformance/hostile");
  const double smallest = std::numeric_limits<Real>::denorm_min();
  return {
      made("zeros", dimension, [](std::size_t) { return 0.0; }),
      made("negative zeros", dimension, [](std::size_t) { return -0.0; }),
      made("denormals", dimension,
           [&](std::size_t i) { return alternating(i) * smallest * static_cast<double>(i + 1); }),
      made("entries of 1e38", dimension, [](std::size_t i) { return alternating(i) * 1e38; }),
      made("Pareto, tail index 1.1", dimension,
           [&](std::size_t) { return random_sign(stream, standard_pareto(stream, 1.1)); }),
      made("alternating signs", dimension, alternating),
      made("one huge coordinate", dimension,
           [&](std::size_t i) { return i == dimension / 2 ? 3e38 : 1e-3 * alternating(i); }),
      made("normal", dimension, [&](std::size_t) { return standard_normal(stream); }),
  };
}

}  // namespace tailrace::conformance
