#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tailrace/core/field.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/data/sparse_rows.hpp"
#include "tailrace/problem/logistic.hpp"
#include "tailrace/problem/noise.hpp"
#include "tailrace/problem/regularizer.hpp"
#include "tailrace/problem/setup.hpp"
#include "tailrace/problem/start.hpp"

namespace tailrace::problem {

/// Logistic regression on synthetic(alpha, beta) data: every worker has its own truth and its own
/// inputs, and two numbers say how far workers differ. Worker i draws
///
///     u_i ~ N(0, alpha)        c_i ~ N(u_i, 1)         w_i ~ N(u_i, I)         its truth
///     B_i ~ N(0, beta)         v_i ~ N(B_i, I)                                 its inputs' mean
///
/// and each of its samples is
///
///     a ~ N(v_i, diag(k^(-1.2))), k = 1..dimension;     b = +1 with probability
///                                                       1 / (1 + exp(-<w_i, a> - c_i)), else -1
///
/// alpha and beta are variances; alpha = beta = 0 still gives every worker its own w_i and v_i, as
/// in the source. Shards are the workers' own samples, so there is no choice of shards. Objective
/// and evaluation as in Logistic; c_i is not modelled.
///
/// Source  Li, Sahu, Zaheer, Sanjabi, Talwalkar, Smith: Federated optimization in heterogeneous
///         networks (FedProx), MLSys 2020, and LEAF. Theirs takes the arg max among 10 classes; the
///         binary label drawn from the logistic model is ours, as logistic regression needs.
struct SyntheticLogistic {
  static constexpr std::string_view name = "synthetic_logistic";
  static constexpr std::string_view summary = "Logistic regression on synthetic(alpha, beta) data.";
  static constexpr std::string_view formula =
      "u_i ~ N(0, alpha);  c_i ~ N(u_i, 1);  w_i ~ N(u_i, I);  B_i ~ N(0, beta);  v_i ~ N(B_i, "
      "I);  a ~ N(v_i, diag(k^(-1.2)));  Pr[b = 1] = 1 / (1 + exp(-<w_i, a> - c_i))";
  static constexpr std::string_view source =
      "Li et al.: FedProx, MLSys 2020; the binary label is ours";

  double alpha = 1;
  double beta = 1;
  std::uint32_t dimension = 60;
  std::uint32_t samples = 100;
  std::uint32_t test_samples = 50;
  Regularizer regularizer = NoRegularizer{};
  std::uint32_t batch = 0;
  bool with_replacement = true;
  Start start = Zeros{};
  Noise noise = NoNoise{};

  static void fields(auto& self, auto&& field) {
    field("alpha", self.alpha,
          Field{.min = 0, .max = 1e6, .doc = "how far the workers' truths differ"});
    field("beta", self.beta,
          Field{.min = 0, .max = 1e6, .doc = "how far the workers' inputs differ"});
    field("dimension", self.dimension, Field{.unit = "features", .min = 1, .doc = "of the model"});
    field("samples", self.samples,
          Field{.unit = "samples", .min = 1, .doc = "of every worker, to train on"});
    field("test_samples", self.test_samples,
          Field{.unit = "samples", .doc = "of every worker, to test on; 0 is none"});
    logistic_training_fields(self, field);
  }

  [[nodiscard]] ProblemSize size(std::size_t workers) const;
  [[nodiscard]] BuiltProblem build(const ProblemSetup& setup) const;
};

/// Draws one worker's samples: options.samples rows added to `train`, options.test_samples to
/// `test`.
void draw_worker_samples(const SyntheticLogistic& options, std::uint64_t seed, WorkerId worker,
                         data::SparseRows& train, data::SparseRows& test);

}  // namespace tailrace::problem
