#include "tailrace/problem/start.hpp"

#include <algorithm>
#include <array>

#include "tailrace/core/distributions.hpp"
#include "tailrace/core/random.hpp"

namespace tailrace::problem {
namespace {

void write(const Zeros&, std::uint64_t, std::span<Real> out) { std::ranges::fill(out, Real{0}); }

void write(const Ones&, std::uint64_t, std::span<Real> out) { std::ranges::fill(out, Real{1}); }

void write(const Normal& normal, std::uint64_t seed, std::span<Real> out) {
  Stream stream(seed, Purpose::start);
  std::array<double, 1024> draws;
  while (!out.empty()) {
    const std::size_t count = std::min(out.size(), draws.size());
    fill_standard_normal(stream, std::span(draws).first(count));
    for (std::size_t j = 0; j < count; ++j) out[j] = static_cast<Real>(normal.scale * draws[j]);
    out = out.subspan(count);
  }
}

}  // namespace

void write_start(const Start& start, std::uint64_t seed, std::span<Real> out) {
  std::visit([&](const auto& chosen) { write(chosen, seed, out); }, start);
}

}  // namespace tailrace::problem
