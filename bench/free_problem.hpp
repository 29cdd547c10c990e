#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "tailrace/problem/problem.hpp"

namespace tailrace::bench {

/// A problem whose gradients cost nothing: the oracle leaves what is there. For measuring engines
/// alone.
class FreeProblem final : public problem::Problem {
 public:
  FreeProblem(std::size_t dimension, std::size_t workers) : workers_(workers) {
    layout_.add("x", {dimension});
  }
  [[nodiscard]] const Layout& layout() const override { return layout_; }
  [[nodiscard]] std::size_t workers() const override { return workers_; }
  void start(std::uint64_t /*seed*/, std::span<Real> out) const override {
    std::fill(out.begin(), out.end(), Real{1});
  }
  [[nodiscard]] std::unique_ptr<problem::Oracle> oracle() const override {
    struct Free final : problem::Oracle {
      void gradient(const problem::GradientRequest& /*request*/, std::span<Real> /*out*/) override {
      }
    };
    return std::make_unique<Free>();
  }
  [[nodiscard]] problem::Evaluation evaluate(std::span<const Real> /*model*/,
                                             Pool* /*pool*/) const override {
    return {};
  }
  [[nodiscard]] std::string describe() const override { return "free gradients"; }

 private:
  Layout layout_;
  std::size_t workers_;
};

}  // namespace tailrace::bench
