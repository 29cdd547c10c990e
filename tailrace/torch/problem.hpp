#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "tailrace/neural/course.hpp"
#include "tailrace/problem/setup.hpp"
#include "tailrace/torch/network.hpp"
#include "tailrace/torch/objective.hpp"

namespace tailrace::torch {

/// Any model as a problem: how to make one, what it learns, and by which loss.
struct Definition {
  /// Makes one more replica; called on any thread, but never twice at once. All have the same
  /// parameters in the same order, 32-bit floats. What values they begin with does not matter,
  /// except for `buffers()`.
  std::function<std::unique_ptr<Network>()> network;

  /// Fills a network with the values training starts from, by the seed alone. Empty: those it was
  /// made with, after seeding LibTorch's own generator.
  std::function<void(Network&, std::uint64_t seed)> initialize = {};

  /// Mean loss over a batch; empty: the one that the task names.
  LossFunction loss = {};

  bool draws = false;  ///< whether forward() in training draws, by dropout
  std::string title;   ///< for people: "vit"; the number of parameters is added
};

/// Makes the problem  f_i(x) = mean loss of the network with parameters x over worker i's samples.
///
/// A gradient is a pure function of model, worker and streams: the batch, random crops and dropout
/// draw from the job's own stream, one thread computes it, and nothing that a batch leaves behind
/// (running statistics) is looked at by another. On a CPU the bits are the same on any thread, for
/// one build of LibTorch and of its BLAS on one kind of processor; on a graphics card some of
/// LibTorch's kernels add in no fixed order (index_add, embedding and max-pool gradients).
///
/// Evaluation: loss and gradient_norm are of the training samples that `evaluate.train` says,
/// without dropout or random crops, batch after batch in a fixed order; test_* of the test samples;
/// test_score is the task's own figure. Figures that a diverged model cannot have are NaN.
///
/// Errors  model/no-parameters, model/wrong-type, model/wrong-output, model/no-cuda,
///         model/draws-globally (batch_statistics = local with a script that has dropout).
[[nodiscard]] problem::BuiltProblem make_problem(Definition definition, neural::Course course);

}  // namespace tailrace::torch
