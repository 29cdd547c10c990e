#pragma once

#include <span>
#include <variant>
#include <vector>

#include "tailrace/core/check.hpp"
#include "tailrace/problem/noise.hpp"
#include "tailrace/problem/problem.hpp"

namespace tailrace::problem {

/// The last step of an oracle: injected noise, with the memory it needs. Draws from request.noise
/// alone, and nothing at all when there is no noise; only then may that stream be missing.
class NoiseSource {
 public:
  explicit NoiseSource(const Noise& noise) : noise_(noise) {}

  void add_to(std::span<Real> gradient, const GradientRequest& request) {
    if (std::holds_alternative<NoNoise>(noise_)) return;
    TAILRACE_CHECK(request.noise != nullptr);
    add_noise(noise_, *request.noise, gradient, scratch_);
  }

 private:
  Noise noise_;
  std::vector<double> scratch_;
};

}  // namespace tailrace::problem
