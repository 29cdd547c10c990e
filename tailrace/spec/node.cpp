#include "tailrace/spec/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace tailrace::spec {
namespace {

/// Follows the path as far as it was written; returns the last place and how many steps matched.
std::pair<Place, std::size_t> follow(const Node& root, const std::vector<PathStep>& steps) {
  const Node* node = &root;
  Place place = root.place;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].key.empty()) {
      const Node::Table* table = node->table();
      if (table == nullptr) return {place, i};
      const auto entry = std::find_if(table->begin(), table->end(),
                                      [&](const Entry& e) { return e.key == steps[i].key; });
      if (entry == table->end()) return {place, i};
      node = &entry->node;
      place = node->place;
    } else {
      const Node::Array* array = node->array();
      if (array == nullptr || steps[i].index >= array->size()) return {place, i};
      node = &(*array)[steps[i].index];
      place = node->place;
    }
  }
  return {place, steps.size()};
}

}  // namespace

std::string Place::to_string() const {
  if (!source) return {};
  return line == 0 ? *source : fmt::format("{}:{}:{}", *source, line, column);
}

const Node* Node::find(std::string_view key) const {
  const Table* entries = table();
  if (entries == nullptr) return nullptr;
  const auto entry = std::find_if(entries->begin(), entries->end(),
                                  [key](const Entry& candidate) { return candidate.key == key; });
  return entry == entries->end() ? nullptr : &entry->node;
}

Node* Node::find(std::string_view key) {
  // The node is not const, so neither are its entries.
  return const_cast<Node*>(std::as_const(*this).find(key));  // NOLINT(*-const-cast)
}

std::string Node::describe() const {
  struct Describe {
    std::string operator()(const Table&) const { return "a table"; }
    std::string operator()(const Array&) const { return "a list"; }
    std::string operator()(const std::string& text) const {
      return fmt::format("the text \"{}\"", text);
    }
    std::string operator()(std::int64_t number) const {
      return fmt::format("the number {}", number);
    }
    std::string operator()(double number) const {
      return fmt::format("the number {}", number_text(number));
    }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const Date&) const { return "a date"; }
  };
  return std::visit(Describe{}, value);
}

std::string number_text(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

void assign(Node::Table& table, Entry entry) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Entry& old) { return old.key == entry.key; });
  if (found == table.end()) {
    table.push_back(std::move(entry));
  } else {
    *found = std::move(entry);
  }
}

std::vector<PathStep> parse_path(std::string_view path) {
  std::vector<PathStep> steps;
  while (!path.empty()) {
    if (path.front() == '[') {
      std::size_t index = 0;
      const char* end = path.data() + path.size();
      const auto [rest, error] = std::from_chars(path.data() + 1, end, index);
      if (error != std::errc() || rest == end || *rest != ']' || steps.empty()) return {};
      steps.push_back({.key = {}, .index = index});
      path.remove_prefix(static_cast<std::size_t>(rest + 1 - path.data()));
    } else {
      const std::size_t size = std::min(path.find_first_of(".["), path.size());
      if (size == 0) return {};
      steps.push_back({.key = std::string(path.substr(0, size))});
      path.remove_prefix(size);
    }
    if (!path.empty() && path.front() == '.') {
      path.remove_prefix(1);
      if (path.empty() || path.front() == '[') return {};
    } else if (!path.empty() && path.front() != '[') {
      return {};
    }
  }
  return steps;
}

Place place_of(const Node& root, std::string_view path) {
  return follow(root, parse_path(path)).first;
}

bool has_path(const Node& root, std::string_view path) {
  const std::vector<PathStep> steps = parse_path(path);
  return !steps.empty() && follow(root, steps).second == steps.size();
}

std::string where(const Place& place, std::string_view path) {
  const std::string text = place.to_string();
  if (text.empty() || path.empty()) return text + std::string(path);
  return fmt::format("{}  {}", text, path);
}

}  // namespace tailrace::spec
