#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <utility>

#include "tailrace/neural/course.hpp"
#include "tailrace/problem/setup.hpp"
#include "tailrace/torch/module_network.hpp"
#include "tailrace/torch/problem.hpp"

namespace tailrace::torch {

/// What a module learns.
struct ModuleTask {
  neural::SharedSamples train;
  neural::SharedSamples test = nullptr;       ///< null: none
  neural::Score score = neural::Score::none;  ///< of the test samples
  neural::Learning learning = {};             ///< batch, shards, device; not `weights`
  LossFunction loss = {};                     ///< empty: the one that the samples' task names
  ModuleOptions module = {};                  ///< whether it has dropout of LibTorch's
  std::string title = "module";               ///< for people
};

/// A module of your own as a problem of `setup.workers` workers:
///
///     make_module_problem([] { return std::make_shared<MyModule>(); }, {.train = samples}, {8, 1})
///
/// `make` is called once for every replica, on any thread but never twice at once. Training starts
/// from what a module is made with after LibTorch's generator was seeded with the run's seed.
///
/// Errors  those of neural::make_course() and make_problem().
template <std::invocable Make>
requires TrainableModule<typename std::invoke_result_t<Make>::element_type>
[[nodiscard]] problem::BuiltProblem make_module_problem(Make make, ModuleTask task,
                                                        const problem::ProblemSetup& setup) {
  Result<neural::Course> course =
      neural::make_course(task.learning, std::move(task.train), std::move(task.test), task.score,
                          setup.workers, setup.seed);
  if (!course) return fail(std::move(course.error()));
  Definition definition;
  definition.network = [make = std::move(make), options = task.module] {
    return make_network(make(), options);
  };
  definition.loss = std::move(task.loss);
  definition.title = std::move(task.title);
  return make_problem(std::move(definition), std::move(*course));
}

}  // namespace tailrace::torch
