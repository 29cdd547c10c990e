#include "tailrace/torch/model_problem.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>
#include <variant>

#include "tailrace/core/check.hpp"
#include "tailrace/data/safetensors.hpp"
#include "tailrace/neural/blame.hpp"
#include "tailrace/torch/backend.hpp"
#include "tailrace/torch/build_network.hpp"
#include "tailrace/torch/model_network.hpp"
#include "tailrace/torch/problem.hpp"
#include "tailrace/torch/weights.hpp"

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

/// A file that training starts from.
struct StartingWeights {
  std::shared_ptr<const data::Safetensors> file;  ///< null: none
  std::string report;                             ///< what came from it, for people
};

Result<StartingWeights> read_starting_weights(const std::string& path, const NetworkFactory& make) {
  if (path.empty()) return StartingWeights{};
  Result<data::Safetensors> file = data::read_safetensors(path);
  if (!file) return neural::fail_in_data("weights", std::move(file.error()));
  const Result<neural::LoadedWeights> loaded = load_weights(*make(), *file);
  if (!loaded) return neural::fail_in_data("weights", loaded.error());
  return StartingWeights{std::make_shared<const data::Safetensors>(std::move(*file)),
                         " (" + loaded->describe() + ")"};
}

/// Of a file that was tried before.
void fill(Network& network, const data::Safetensors& file) {
  TAILRACE_CHECK(load_weights(network, file).has_value());
}

}  // namespace

problem::BuiltProblem make_model_problem(const neural::Blueprint& blueprint) {
  settle();
  const neural::TaskShape shape = blueprint.course.train->shape();
  Result<NetworkFactory> factory = network_factory(blueprint.model, shape);
  if (!factory) return neural::fail_at("model", std::move(factory.error()));
  const Result<StartingWeights> weights =
      read_starting_weights(blueprint.course.learning.weights, *factory);
  if (!weights) return fail(weights.error());
  Definition definition;
  definition.network = [make = std::move(*factory), file = weights->file] {
    std::unique_ptr<Network> network = make();
    if (file) fill(*network, *file);  // for its buffers: parameters become views of something else
    return network;
  };
  definition.initialize = [file = weights->file](Network& network, std::uint64_t seed) {
    initialize(network, seed);
    if (file) fill(network, *file);
  };
  definition.draws = has_dropout(blueprint.model);
  definition.title = std::string(name_of(blueprint.model)) + weights->report;
  return make_problem(std::move(definition), blueprint.course);
}

}  // namespace tailrace::torch
