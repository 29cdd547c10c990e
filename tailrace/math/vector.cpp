#include "tailrace/math/vector.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "tailrace/math/kernel.hpp"

namespace tailrace::math {
namespace {

constexpr std::size_t lanes = 16;

double sum_lanes(const double (&lane)[lanes]) {
  double sum = 0;
  for (const double part : lane) sum += part;
  return sum;
}

TAILRACE_KERNEL double dot_chunk(const Real* x, const Real* y, std::size_t size) {
  double lane[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    for (std::size_t j = 0; j < lanes; ++j) {
      lane[j] += static_cast<double>(x[i + j]) * static_cast<double>(y[i + j]);
    }
  }
  for (std::size_t j = 0; i + j < size; ++j) {
    lane[j] += static_cast<double>(x[i + j]) * static_cast<double>(y[i + j]);
  }
  return sum_lanes(lane);
}

TAILRACE_KERNEL double squared_distance_chunk(const Real* x, const Real* y, std::size_t size) {
  double lane[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    for (std::size_t j = 0; j < lanes; ++j) {
      const double apart = static_cast<double>(x[i + j]) - static_cast<double>(y[i + j]);
      lane[j] += apart * apart;
    }
  }
  for (std::size_t j = 0; i + j < size; ++j) {
    const double apart = static_cast<double>(x[i + j]) - static_cast<double>(y[i + j]);
    lane[j] += apart * apart;
  }
  return sum_lanes(lane);
}

/// All ones: an infinity or a NaN.
constexpr std::uint32_t exponent = 0x7f800000;

}  // namespace

TAILRACE_KERNEL double squared_norm_chunk(const Real* x, std::size_t size) {
  double lane[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    for (std::size_t j = 0; j < lanes; ++j) {
      const double value = x[i + j];
      lane[j] += value * value;
    }
  }
  for (std::size_t j = 0; i + j < size; ++j) {
    const double value = x[i + j];
    lane[j] += value * value;
  }
  return sum_lanes(lane);
}

std::vector<double> squared_norms(std::span<const Real> x, Pool* pool) {
  const std::size_t chunks = (x.size() + chunk_size - 1) / chunk_size;
  std::vector<double> part(chunks);
  const auto measure = [&](std::size_t chunk) {
    const std::size_t begin = chunk * chunk_size;
    part[chunk] = squared_norm_chunk(x.data() + begin, std::min(chunk_size, x.size() - begin));
  };
  if (chunks == 1) {
    measure(0);
  } else {
    run_chunks(pool, chunks, measure);
  }
  return part;
}

double squared_norm(std::span<const Real> x, Pool* pool) {
  if (x.size() <= chunk_size) return squared_norm_chunk(x.data(), x.size());
  double sum = 0;
  for (const double value : squared_norms(x, pool)) sum += value;
  return sum;
}

double dot(std::span<const Real> x, std::span<const Real> y) {
  double sum = 0;
  for (std::size_t begin = 0; begin < x.size(); begin += chunk_size) {
    sum += dot_chunk(x.data() + begin, y.data() + begin, std::min(chunk_size, x.size() - begin));
  }
  return sum;
}

double squared_distance(std::span<const Real> x, std::span<const Real> y) {
  double sum = 0;
  for (std::size_t begin = 0; begin < x.size(); begin += chunk_size) {
    sum += squared_distance_chunk(x.data() + begin, y.data() + begin,
                                  std::min(chunk_size, x.size() - begin));
  }
  return sum;
}

TAILRACE_KERNEL bool subtract_scaled(const Real* from, Real* to, Real scale, const Real* u,
                                     std::size_t size) {
  std::uint32_t bad = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const Real value = from[i] - scale * u[i];
    to[i] = value;
    // Comparing bits vectorizes where isfinite() may not.
    bad |= (std::bit_cast<std::uint32_t>(value) & exponent) == exponent ? 1U : 0U;
  }
  return bad == 0;
}

TAILRACE_KERNEL void scale(const Real* in, Real factor, Real* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out[i] = factor * in[i];
}

TAILRACE_KERNEL void add_scaled(double* sum, double factor, const Real* u, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) sum[i] += factor * static_cast<double>(u[i]);
}

TAILRACE_KERNEL void round_to_real(const double* sum, Real* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<Real>(sum[i]);
}

}  // namespace tailrace::math
