#pragma once

#include "tailrace/neural/blueprint.hpp"
#include "tailrace/problem/setup.hpp"

namespace tailrace::torch {

/// A blueprint's model as a problem: our own models and TorchScript files, with the numbers of a
/// file or drawn from the seed.
///
/// Errors  those of build_network, load_weights and make_problem.
[[nodiscard]] problem::BuiltProblem make_model_problem(const neural::Blueprint& blueprint);

}  // namespace tailrace::torch
