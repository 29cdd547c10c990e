#include "tailrace/spec/read_experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "tailrace/spec/grid.hpp"
#include "tailrace/spec/reader.hpp"
#include "tailrace/spec/suggest.hpp"

namespace tailrace::spec {
namespace {

constexpr std::array<std::string_view, 3> method_keys = {"group", "name", "recipe"};

template <class... Ts>
constexpr std::array<std::string_view, sizeof...(Ts)> names_of(
    const std::variant<Ts...>* /*type*/) {
  return {Ts::name...};
}

/// Names become folders, so they keep to characters that every file system and shell takes.
bool is_folder_name(std::string_view name) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.";
  constexpr std::size_t size_max = 120;
  return !name.empty() && name.size() <= size_max && name.front() != '.' && name.front() != '-' &&
         name.find_first_not_of(allowed) == std::string_view::npos;
}

class ExperimentReader {
 public:
  Draft read(Node& document) {
    expand_grids(document, draft_.findings);
    Experiment& experiment = draft_.experiment;
    const auto top = [](std::string_view key) { return At{}.option({}, key); };
    if (const Node* title = document.find("title")) {
      reader_.read(*title, experiment.title, Field{}, top("title"));
    }
    if (const Node* problem = document.find("problem")) {
      reader_.read(*problem, experiment.problem, Field{}, top("problem"));
    } else {
      missing(document, "problem",
              "add [problem] with kind = \"...\"; all kinds: tailrace list problems");
    }
    if (const Node* workers = document.find("workers")) {
      reader_.read(*workers, experiment.workers, Field{}, top("workers"));
    }
    if (const Node* run = document.find("run")) {
      reader_.read(*run, experiment.run, Field{}, top("run"));
    }
    if (const Node* cluster = document.find("cluster")) {
      reader_.read(*cluster, experiment.cluster, Field{}, top("cluster"));
    }
    if (const Node* theory = document.find("theory")) {
      reader_.read(*theory, experiment.theory, Field{}, top("theory"));
    }
    methods(document);
    unknown_keys(document);
    return std::move(draft_);
  }

 private:
  void missing(const Node& document, std::string_view key, std::string fix) {
    draft_.findings.add(document.place, {.code = "missing",
                                         .what = fmt::format("the experiment has no {}", key),
                                         .path = std::string(key),
                                         .fix = std::move(fix)});
  }

  void methods(const Node& document) {
    const Node* list = document.find("method");
    if (list == nullptr || (list->array() != nullptr && list->array()->empty())) {
      return missing(document, "method",
                     "add [[method]] with recipe = \"...\"; all names: tailrace list recipes");
    }
    if (list->array() == nullptr) {
      const At at = At{}.option({}, "method");
      return reader_.wrong_type(*list, "a list of tables, each under [[method]]", at);
    }
    for (const Node& node : *list->array()) {
      const At at = At{}.option({}, "method").element(draft_.experiment.methods.size());
      draft_.experiment.methods.push_back(method(node, at));
    }
    duplicates(*list->array());
  }

  MethodSpec method(const Node& node, const At& at) {
    MethodSpec spec;
    if (node.table() == nullptr) {
      reader_.wrong_type(node, "a table", at);
      return spec;
    }
    if (const Node* recipe = node.find("recipe")) {
      spec.how = Recipes::Choice{};
      this->recipe(node, *recipe, spec, at);
    } else {
      spec.name = "custom";
      if (names_nothing(node)) {
        draft_.findings.add(node.place,
                            {.code = "missing",
                             .what = "this method has neither a recipe nor parts",
                             .path = at.path,
                             .fix = "add recipe = \"...\"; all names: tailrace list recipes"});
      }
      reader_.options(node, std::get<Parts>(spec.how), at, method_keys);
    }
    if (const Node* name = node.find("name"))
      read_name(*name, spec.name, at.option("method", "name"));
    if (const Node* group = node.find("group")) {
      read_name(*group, spec.group, at.option("method", "group"));
    }
    return spec;
  }

  static bool names_nothing(const Node& node) {
    const Parts parts;
    bool found = false;
    Parts::fields(parts, [&](std::string_view key, const auto&, const Field&) {
      found = found || node.find(key) != nullptr;
    });
    return !found;
  }

  void recipe(const Node& node, const Node& recipe, MethodSpec& spec, const At& at) {
    static constexpr auto names = names_of(static_cast<const Recipes::Choice*>(nullptr));
    const At here = at.option("method", "recipe");
    const std::string* name = recipe.text();
    if (name == nullptr) return reader_.wrong_type(recipe, "the name of a recipe", here);
    spec.name = *name;
    bool found = false;
    Recipes::each([&]<class Recipe>() {
      if (Recipe::name != *name) return;
      found = true;
      auto& choice = std::get<Recipes::Choice>(spec.how);
      reader_.options(node, choice.template emplace<Recipe>(), at, method_keys);
    });
    if (!found) reader_.unknown_name(recipe, *name, names, Kind<Recipes::Choice>::info, here);
  }

  void read_name(const Node& node, std::string& name, const At& at) {
    if (node.text() == nullptr) return reader_.wrong_type(node, "a text in quotes", at);
    name = *node.text();
    if (is_folder_name(name)) return;
    draft_.findings.add(
        node.place,
        {.code = "wrong-value",
         .what = fmt::format("\"{}\" cannot be a method's name", name),
         .path = at.path,
         .fix = "its results go to a folder of that name: use letters, digits, and _ - + ."});
  }

  void duplicates(const Node::Array& nodes) {
    std::map<std::string, std::size_t> seen;
    const std::vector<MethodSpec>& methods = draft_.experiment.methods;
    for (std::size_t i = 0; i < methods.size(); ++i) {
      const auto [first, fresh] = seen.emplace(methods[i].name, i);
      if (fresh || methods[i].name.empty()) continue;
      draft_.findings.add(
          nodes[i].place,
          {.code = "duplicate-method",
           .what = fmt::format("method[{}] and method[{}] are both called \"{}\"", first->second, i,
                               methods[i].name),
           .path = fmt::format("method[{}]", i),
           .fix = "give one of them another name, such as name = \"" + methods[i].name + "_2\""});
    }
  }

  void unknown_keys(const Node& document) {
    static constexpr std::array<std::string_view, 8> known = {
        "title", "include", "problem", "workers", "run", "cluster", "theory", "method"};
    for (const auto& [key, place, value] : *document.table()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      const std::string hint = did_you_mean(key, known);
      draft_.findings.add(place, {.code = "unknown-key",
                                  .what = fmt::format("an experiment has no \"{}\"", key),
                                  .path = key,
                                  .fix = hint.empty() ? "it has title, include, [problem], "
                                                        "[workers], [run], [cluster], [theory] and "
                                                        "[[method]]"
                                                      : hint});
    }
  }

  Draft draft_;
  Reader reader_{draft_.findings};
};

}  // namespace

Draft read_experiment(Node& document) { return ExperimentReader().read(document); }

}  // namespace tailrace::spec
