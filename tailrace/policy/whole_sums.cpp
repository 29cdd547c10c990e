#include "tailrace/policy/whole_sums.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "tailrace/math/vector.hpp"

namespace tailrace::policy {
namespace {

using math::chunk_size;

/// Adds up of_chunk(x, y) over the chunks of both, here and elsewhere.
template <class OfChunk>
double add_up(std::span<const Real> x, std::span<const Real> y, Slices& slices,
              const OfChunk& of_chunk) {
  std::vector<double> chunks;
  for (std::size_t begin = 0; begin < x.size(); begin += chunk_size) {
    const std::size_t size = std::min(chunk_size, x.size() - begin);
    chunks.push_back(of_chunk(x.subspan(begin, size), y.subspan(begin, size)));
  }
  return slices.add_up(chunks);
}

/// Adds up of_chunk(rows, begin, size), which has a number for every pair of rows, over the chunks
/// here and elsewhere. `rows` are those of the chunk.
template <class OfChunk>
math::Pairs add_up_pairs(std::span<const Real* const> rows, std::size_t dimension, Pool* pool,
                         Slices& slices, const OfChunk& of_chunk) {
  std::vector<math::Pairs> parts((dimension + chunk_size - 1) / chunk_size,
                                 math::Pairs(rows.size()));
  run_chunks(pool, parts.size(), [&](std::size_t chunk) {
    const std::size_t begin = chunk * chunk_size;
    std::vector<const Real*> part(rows.begin(), rows.end());
    for (const Real*& row : part) row += begin;
    parts[chunk] = of_chunk(part, begin, std::min(chunk_size, dimension - begin));
  });
  math::Pairs sum(rows.size());
  std::vector<double> chunks(parts.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = i; j < rows.size(); ++j) {
      for (std::size_t chunk = 0; chunk < parts.size(); ++chunk) {
        chunks[chunk] = parts[chunk].at(i, j);
      }
      sum.set(i, j, slices.add_up(chunks));
    }
  }
  return sum;
}

}  // namespace

double squared_norm(std::span<const Real> x, Slices* slices) {
  return slices == nullptr ? math::squared_norm(x) : slices->add_up(math::squared_norms(x));
}

double dot(std::span<const Real> x, std::span<const Real> y, Slices* slices) {
  return slices == nullptr ? math::dot(x, y) : add_up(x, y, *slices, math::dot);
}

double squared_distance(std::span<const Real> x, std::span<const Real> y, Slices* slices) {
  return slices == nullptr ? math::squared_distance(x, y)
                           : add_up(x, y, *slices, math::squared_distance);
}

math::Pairs squared_distances(std::span<const Real* const> rows, std::size_t dimension, Pool* pool,
                              Slices* slices) {
  if (slices == nullptr) return math::squared_distances(rows, dimension, pool);
  return add_up_pairs(rows, dimension, pool, *slices,
                      [](std::span<const Real* const> part, std::size_t, std::size_t size) {
                        return math::squared_distances(part, size);
                      });
}

math::Pairs gram(std::span<const Real* const> rows, const Real* center, std::size_t dimension,
                 Pool* pool, Slices* slices) {
  if (slices == nullptr) return math::gram(rows, center, dimension, pool);
  return add_up_pairs(rows, dimension, pool, *slices,
                      [&](std::span<const Real* const> part, std::size_t begin, std::size_t size) {
                        return math::gram(part, center + begin, size);
                      });
}

std::size_t whole_size(std::size_t size, Slices* slices) {
  if (slices == nullptr) return size;
  const double here[] = {static_cast<double>(size)};  // whole numbers below 2^53: exact
  return static_cast<std::size_t>(slices->add_up(here));
}

}  // namespace tailrace::policy
