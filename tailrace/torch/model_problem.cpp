#include "tailrace/torch/model_problem.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>
#include <variant>

#include "tailrace/core/check.hpp"
#include "tailrace/torch/backend.hpp"
#include "tailrace/torch/build_network.hpp"
#include "tailrace/torch/model_network.hpp"
#include "tailrace/torch/problem.hpp"

namespace tailrace::torch {
namespace {

bool has_dropout(const neural::Model& model) {
  return std::visit(
      [](const auto& options) {
        if constexpr (requires { options.dropout; }) {
          return options.dropout > 0;
        } else {
          return false;
        }
      },
      model);
}

std::string_view name_of(const neural::Model& model) {
  return std::visit([](const auto& options) { return options.name; }, model);
}

}  // namespace

problem::BuiltProblem make_model_problem(const neural::Blueprint& blueprint) {
  settle();
  const neural::TaskShape shape = blueprint.course.train->shape();
  // The first replica finds out what is wrong; after that making one cannot fail.
  Result<std::unique_ptr<Network>> first = build_network(blueprint.model, shape);
  if (!first) return fail(std::move(first.error()));
  Definition definition;
  definition.network = [model = blueprint.model, shape] {
    Result<std::unique_ptr<Network>> network = build_network(model, shape);
    TAILRACE_CHECK(network.has_value());
    return std::move(*network);
  };
  definition.initialize = [](Network& network, std::uint64_t seed) { initialize(network, seed); };
  definition.draws = has_dropout(blueprint.model);
  definition.title = std::string(name_of(blueprint.model));
  return make_problem(std::move(definition), blueprint.course);
}

}  // namespace tailrace::torch
