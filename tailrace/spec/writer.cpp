#include "tailrace/spec/writer.hpp"

#include <fmt/format.h>

#include <utility>

#include "tailrace/spec/toml.hpp"

namespace tailrace::spec {
namespace {

Node to_node(const MethodSpec& method) {
  Node::Table table;
  table.push_back({.key = "name", .place = {}, .node = Writer::node(method.name)});
  if (!method.group.empty()) {
    table.push_back({.key = "group", .place = {}, .node = Writer::node(method.group)});
  }
  Node::Table options;
  if (const auto* parts = std::get_if<Parts>(&method.how)) {
    options = Writer::table(*parts);
  } else {
    std::visit(
        [&]<class Recipe>(const Recipe& recipe) {
          const std::string name(Recipe::name);
          table.push_back({.key = "recipe", .place = {}, .node = Writer::node(name)});
          options = Writer::table(recipe);
        },
        std::get<Recipes::Choice>(method.how));
  }
  for (Entry& option : options) table.push_back(std::move(option));
  return {.value = std::move(table), .place = {}};
}

}  // namespace

Node to_node(const Experiment& experiment) {
  Node::Array methods;
  for (const MethodSpec& method : experiment.methods) methods.push_back(to_node(method));
  Node::Table table;
  const auto add = [&](std::string key, Node node) {
    table.push_back({.key = std::move(key), .place = {}, .node = std::move(node)});
  };
  add("title", Writer::node(experiment.title));
  add("problem", Writer::node(experiment.problem));
  add("workers", Writer::node(experiment.workers));
  add("run", Writer::node(experiment.run));
  const Engine engine = experiment.run.engine;
  if (engine == Engine::grpc || engine == Engine::mpi) {
    add("cluster", Writer::node(experiment.cluster));
  }
  if (Node::Table theory = Writer::table(experiment.theory); !theory.empty()) {
    add("theory", {.value = std::move(theory), .place = {}});
  }
  add("method", {.value = std::move(methods), .place = {}});
  return {.value = std::move(table), .place = {}};
}

std::string to_toml(const Experiment& experiment) { return to_toml_file(to_node(experiment)); }

std::string identity(const Experiment& experiment, const MethodSpec& method, std::uint64_t seed) {
  return fmt::format(
      "problem = {}\nworkers = {}\nevaluate = {}\nmethod = {}\nseed = {}\n",
      to_toml(Writer::node(experiment.problem)), to_toml(Writer::node(experiment.workers)),
      to_toml(Writer::node(experiment.run.evaluate)), to_toml(to_node(method)), seed);
}

}  // namespace tailrace::spec
