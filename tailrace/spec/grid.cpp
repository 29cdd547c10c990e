#include "tailrace/spec/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tailrace::spec {
namespace {

constexpr std::size_t methods_max = 10'000;

/// One option and the values it takes in turn.
struct Axis {
  const Entry* entry;
  const Node::Array* values;
};

/// A value as a piece of a folder's name.
std::string name_piece(const Node& value) {
  std::string text;
  if (const std::string* word = value.text()) {
    text = *word;
  } else if (const auto* whole = std::get_if<std::int64_t>(&value.value)) {
    text = fmt::format("{}", *whole);
  } else if (const auto* number = std::get_if<double>(&value.value)) {
    text = fmt::format("{}", *number);
  } else if (const auto* flag = std::get_if<bool>(&value.value)) {
    text = *flag ? "true" : "false";
  }
  return text;
}

/// Sets the value at a path of keys below a table, making tables on the way.
void set_below(Node& table, std::string_view path, const Entry& axis, const Node& value) {
  const std::size_t dot = path.find('.');
  const std::string key(path.substr(0, dot));
  if (dot == std::string_view::npos) {
    return assign(std::get<Node::Table>(table.value), {key, axis.place, value});
  }
  Node* inner = table.find(key);
  if (inner == nullptr || inner->table() == nullptr) {
    assign(std::get<Node::Table>(table.value), {key, axis.place, Node{Node::Table{}, axis.place}});
    inner = table.find(key);
  }
  set_below(*inner, path.substr(dot + 1), axis, value);
}

class GridExpansion {
 public:
  GridExpansion(Node::Array& methods, Findings& findings) : findings_(findings) {
    for (std::size_t i = 0; i < methods.size(); ++i) {
      path_ = fmt::format("method[{}].grid", i);
      expand(std::move(methods[i]));
    }
    methods = std::move(expanded_);
  }

 private:
  void expand(Node method) {
    const Node* grid = method.find("grid");
    if (grid == nullptr) return expanded_.push_back(std::move(method));
    const std::vector<Axis> axes = axes_of(*grid);
    if (axes.empty()) return expanded_.push_back(without_grid(method));
    std::size_t count = 1;
    for (const Axis& axis : axes) count *= axis.values->size();
    if (count > methods_max || expanded_.size() + count > methods_max) {
      refuse(grid->place, "too-many", fmt::format("the grid makes {} methods", count),
             fmt::format("keep the whole experiment below {}", methods_max));
      return expanded_.push_back(without_grid(method));
    }
    const std::string group = group_of(method);
    for (std::size_t index = 0; index < count; ++index) {
      expanded_.push_back(combination(method, axes, index, group));
    }
  }

  std::vector<Axis> axes_of(const Node& grid) {
    std::vector<Axis> axes;
    if (grid.table() == nullptr || grid.table()->empty()) {
      refuse(grid.place, "wrong-type", "a grid is a table of lists, this is " + grid.describe(),
             "write grid = { step_size = [0.1, 0.2] }");
      return {};
    }
    for (const Entry& entry : *grid.table()) {
      const Node::Array* values = entry.node.array();
      if (values == nullptr || values->empty()) {
        refuse(entry.node.place, "wrong-type",
               fmt::format("{} in a grid takes a list of values, this is {}", entry.key,
                           values == nullptr ? entry.node.describe() : "an empty list"),
               fmt::format("write grid = {{ {} = [first, second] }}", entry.key));
        return {};
      }
      axes.push_back({&entry, values});
    }
    return axes;
  }

  static std::string group_of(const Node& method) {
    for (const std::string_view key : {"name", "recipe"}) {
      const Node* node = method.find(key);
      if (node != nullptr && node->text() != nullptr) return *node->text();
    }
    return "custom";
  }

  static Node without_grid(Node method) {
    std::erase_if(std::get<Node::Table>(method.value),
                  [](const Entry& entry) { return entry.key == "grid"; });
    return method;
  }

  /// Combination number `index`, the last axis changing fastest.
  static Node combination(const Node& method, const std::vector<Axis>& axes, std::size_t index,
                          const std::string& group) {
    const Place place = method.find("grid")->place;
    Node one = without_grid(method);
    auto& table = std::get<Node::Table>(one.value);
    std::string name;
    for (std::size_t i = axes.size(); i-- > 0;) {
      const auto& [entry, values] = axes[i];
      const std::size_t choice = index % values->size();
      const Node& value = (*values)[choice];
      index /= values->size();
      set_below(one, entry->key, *entry, value);
      const std::string piece = name_piece(value);
      // A table has no short name; its number in the list tells it from the others.
      name = fmt::format("-{}-{}{}", entry->key, piece.empty() ? fmt::format("{}", choice) : piece,
                         name);
    }
    assign(table, {"name", place, Node{group + name, place}});
    assign(table, {"group", place, Node{group, place}});
    return one;
  }

  void refuse(const Place& place, std::string code, std::string what, std::string fix) {
    findings_.add(place, {std::move(code), std::move(what), path_, std::move(fix)});
  }

  Findings& findings_;
  Node::Array expanded_;
  std::string path_;
};

}  // namespace

void expand_grids(Node& document, Findings& findings) {
  Node* methods = document.find("method");
  if (methods == nullptr || methods->array() == nullptr) return;
  GridExpansion(std::get<Node::Array>(methods->value), findings);
}

}  // namespace tailrace::spec
