#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "tailrace/core/random.hpp"

/// Our own distributions on keyed streams. The standard library's differ between vendors, ours do
/// not. All take parameters in the form the field writes them; the caller checks ranges.
namespace tailrace {

/// Mean 0, variance 1 (Box-Muller; two uniforms a draw).
double standard_normal(Stream& stream);

/// Fills `out` with independent standard normals, using both halves of every Box-Muller pair.
void fill_standard_normal(Stream& stream, std::span<double> out);

/// Mean 1.
double standard_exponential(Stream& stream);

/// Shape k > 0, scale 1: mean k, variance k (Marsaglia-Tsang 2000, boosted below k = 1).
double standard_gamma(Stream& stream, double shape);

/// Pr[X > x] = exp(-x^shape), x >= 0; mean Gamma(1 + 1/shape).
double standard_weibull(Stream& stream, double shape);

/// Pr[X > x] = x^(-tail_index), x >= 1; mean a/(a-1) for a > 1, infinite otherwise.
double standard_pareto(Stream& stream, double tail_index);

/// Degrees of freedom v > 0; variance v/(v-2) for v > 2, infinite otherwise.
double student_t(Stream& stream, double degrees);

/// Symmetric alpha-stable, scale 1, 0 < alpha <= 2 (alpha = 2: normal of variance 2; alpha = 1:
/// Cauchy). Characteristic function exp(-|t|^alpha). Chambers, Mallows, Stuck 1976.
double symmetric_stable(Stream& stream, double alpha);

/// +x or -x with equal chance.
double random_sign(Stream& stream, double x);

/// Mean `mean` >= 0 (inversion below 10, Hormann's PTRS above).
std::uint64_t poisson(Stream& stream, double mean);

/// Uniformly random order, in place (Fisher-Yates from the back).
template <class T>
void shuffle(Stream& stream, std::span<T> items) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[stream.below(i)]);
}

}  // namespace tailrace
