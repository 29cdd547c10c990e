#include "tailrace/spec/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "tailrace/spec/suggest.hpp"
#include "tailrace/spec/text.hpp"
#include "tailrace/spec/toml.hpp"

namespace tailrace::spec {
namespace {

constexpr std::uintmax_t bytes_max = 1'000'000;
constexpr std::size_t files_max =
    100;  ///< files that include each other twice double at every level

void join(Errors& errors, Errors more) {
  std::move(more.begin(), more.end(), std::back_inserter(errors));
}

/// True when the new table names another component than the old one.
bool renames(const Node& old_node, const Node& new_node) {
  constexpr std::array<std::string_view, 2> choosers = {"kind", "recipe"};
  return std::any_of(choosers.begin(), choosers.end(), [&](std::string_view key) {
    const Node* chosen = new_node.find(key);
    const Node* before = old_node.find(key);
    if (chosen == nullptr || chosen->text() == nullptr) return false;
    return before == nullptr || before->text() == nullptr || *before->text() != *chosen->text();
  });
}

void merge(Node& base, Node over) {
  auto* entries = std::get_if<Node::Table>(&over.value);
  if (base.table() == nullptr || entries == nullptr || renames(base, over)) {
    base = std::move(over);
    return;
  }
  base.place = over.place;
  for (Entry& entry : *entries) {
    if (Node* old_node = base.find(entry.key)) {
      merge(*old_node, std::move(entry.node));
    } else {
      std::get<Node::Table>(base.value).push_back(std::move(entry));
    }
  }
}

/// Loads a file and everything it includes, depth first.
class Loader {
 public:
  Loader(const ReadFile& read_file, Errors& errors) : read_file_(read_file), errors_(errors) {}

  std::optional<Node> load(const std::string& path, const Place& from) {
    const std::string key = std::filesystem::path(path).lexically_normal().generic_string();
    if (std::find(open_.begin(), open_.end(), key) != open_.end()) {
      errors_.push_back({.code = "spec/include-cycle",
                         .what = fmt::format("\"{}\" includes itself: {}", path, chain(key)),
                         .where = where(from, "include"),
                         .fix = "remove one of these includes"});
      return std::nullopt;
    }
    if (++files_ > files_max) {
      if (files_ == files_max + 1) {
        errors_.push_back({.code = "spec/include",
                           .what = fmt::format("more than {} files are included", files_max),
                           .where = where(from, "include"),
                           .fix = "put what belongs together into one file"});
      }
      return std::nullopt;
    }
    Result<std::string> text = read_file_(path);
    if (!text) {
      for (Error& error : text.error()) {
        if (from.source) error.where = where(from, "include");
      }
      join(errors_, std::move(text.error()));
      return std::nullopt;
    }
    Result<Node> own = parse_toml(*text, path);
    if (!own) {
      join(errors_, std::move(own.error()));
      return std::nullopt;
    }
    open_.push_back(key);
    Node result = with_includes(std::move(*own), path);
    open_.pop_back();
    return result;
  }

 private:
  Node with_includes(Node own, const std::string& path) {
    const Node* list = own.find("include");
    if (list == nullptr) return own;
    Node base{.value = Node::Table{}, .place = own.place};
    const Node::Array* files = list->array();
    const bool texts =
        files != nullptr && std::all_of(files->begin(), files->end(),
                                        [](const Node& file) { return file.text() != nullptr; });
    if (!texts) {
      errors_.push_back({.code = "spec/include",
                         .what = "include needs a list of texts, not " + list->describe(),
                         .where = where(list->place, "include"),
                         .fix = "write include = [\"base.toml\"]"});
    } else {
      for (const Node& file : *files) {
        const auto next = std::filesystem::path(path).parent_path() / *file.text();
        if (auto included = load(next.generic_string(), file.place)) {
          merge(base, std::move(*included));
        }
      }
    }
    std::erase_if(std::get<Node::Table>(own.value),
                  [](const Entry& entry) { return entry.key == "include"; });
    merge(base, std::move(own));
    return base;
  }

  [[nodiscard]] std::string chain(const std::string& last) const {
    return fmt::format("{} -> {}", joined(open_, " -> "), last);
  }

  const ReadFile& read_file_;
  Errors& errors_;
  std::vector<std::string> open_;  ///< files being read, outermost first
  std::size_t files_ = 0;
};

std::optional<Node> parse_value(const Override& override) {
  const auto wrap = [&](const std::string& value) {
    return parse_toml("value = " + value + "\n", override.label);
  };
  Result<Node> parsed = wrap(override.value);
  // "20ms" and "a9a" without quotes, which a shell strips anyway.
  const bool word =
      !override.value.empty() &&
      std::all_of(override.value.begin(), override.value.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("_-./:").find(static_cast<char>(c)) != std::string_view::npos;
      });
  if (!parsed && word) parsed = wrap('"' + override.value + '"');
  if (!parsed || parsed->table()->size() != 1) return std::nullopt;
  return parsed->table()->front().node;
}

/// Every value of a command line option has the same place: the option.
void relocate(Node& node, const Place& place) {
  node.place = place;
  if (auto* table = std::get_if<Node::Table>(&node.value)) {
    for (Entry& entry : *table) {
      entry.place = place;
      relocate(entry.node, place);
    }
  } else if (auto* array = std::get_if<Node::Array>(&node.value)) {
    for (Node& item : *array) relocate(item, place);
  }
}

/// Sets values from the command line.
class Setter {
 public:
  Setter(const Override& override, Errors& errors)
      : override_(override),
        place_{.source = std::make_shared<const std::string>(override.label)},
        errors_(errors) {}

  void apply(Node& root) {
    const std::vector<PathStep> steps = parse_path(override_.key);
    if (steps.empty()) {
      return refuse(fmt::format("\"{}\" is not a path of keys", override_.key),
                    "write it like workers.count=64 or method[0].step_size=0.1");
    }
    std::optional<Node> value = parse_value(override_);
    if (!value) {
      return refuse(fmt::format("\"{}\" is not a TOML value", override_.value),
                    "numbers, true, \"text\", [1, 2] or { key = 1 }; quote the whole option for "
                    "the shell");
    }
    relocate(*value, place_);
    Node* node = &root;
    for (const PathStep& step : steps) {
      node = descend(*node, step);
      if (node == nullptr) return;
    }
    *node = std::move(*value);
  }

 private:
  Node* descend(Node& node, const PathStep& step) {
    if (step.key.empty()) return element(node, step.index);
    if (auto* array = std::get_if<Node::Array>(&node.value)) return named_element(*array, step.key);
    if (node.text() != nullptr) {  // "pareto" is short for { kind = "pareto" }
      node.value = Node::Table{{.key = "kind", .place = node.place, .node = node}};
    }
    if (node.table() == nullptr) {
      refuse(fmt::format("{} has no key \"{}\"", node.describe(), step.key),
             "set the whole value instead");
      return nullptr;
    }
    if (Node* found = node.find(step.key)) return found;
    auto& table = std::get<Node::Table>(node.value);
    table.push_back(
        {.key = step.key, .place = place_, .node = {.value = Node::Table{}, .place = place_}});
    return &table.back().node;
  }

  Node* element(Node& node, std::size_t index) {
    auto* array = std::get_if<Node::Array>(&node.value);
    if (array == nullptr || index >= array->size()) {
      refuse(fmt::format("there is no number {} in this list", index),
             array == nullptr
                 ? "it is not a list"
                 : fmt::format("its length is {}, and the first is number 0", array->size()));
      return nullptr;
    }
    return &(*array)[index];
  }

  /// method.NAME: the entry whose name, or recipe where it has none, is NAME.
  Node* named_element(Node::Array& array, const std::string& name) {
    std::vector<std::string_view> names;
    for (Node& item : array) {
      const Node* label = item.find("name");
      if (label == nullptr) label = item.find("recipe");
      if (label == nullptr || label->text() == nullptr) continue;
      if (*label->text() == name) return &item;
      names.push_back(*label->text());
    }
    const std::string hint = did_you_mean(name, names);
    refuse(fmt::format("nothing in this list is called \"{}\"", name),
           hint.empty() ? "it has: " + joined(names, ", ") : hint);
    return nullptr;
  }

  void refuse(std::string what, std::string fix) {
    errors_.push_back({.code = "spec/set",
                       .what = std::move(what),
                       .where = override_.label,
                       .fix = std::move(fix)});
  }

  const Override& override_;
  Place place_;
  Errors& errors_;
};

}  // namespace

Result<Override> parse_set(std::string_view text) {
  const std::string label = fmt::format("--set {}", text);
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return fail({.code = "spec/set",
                 .what = fmt::format("\"{}\" does not set anything", text),
                 .where = label,
                 .fix = "write --set key.path=value, such as --set workers.count=64"});
  }
  return Override{.key = std::string(text.substr(0, equals)),
                  .value = std::string(text.substr(equals + 1)),
                  .label = label};
}

Result<std::string> read_text(const std::string& path) {
  const auto refuse = [&](std::string what, std::string fix) {
    return fail({.code = "spec/cannot-read",
                 .what = std::move(what),
                 .where = path,
                 .fix = std::move(fix)});
  };
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return refuse(fmt::format("there is no file \"{}\"", path), "check the path");
  }
  if (!std::filesystem::is_regular_file(path, error)) {
    return refuse(fmt::format("\"{}\" is not a file", path), "name an experiment file");
  }
  if (std::filesystem::file_size(path, error) > bytes_max) {
    return refuse(fmt::format("\"{}\" is larger than a megabyte", path),
                  "experiment files are short; name data files in them");
  }
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) {
    return refuse(fmt::format("\"{}\" cannot be read", path), "check its permissions");
  }
  return text;
}

Result<Node> load_document(const std::string& path, const std::vector<Override>& overrides,
                           const ReadFile& read_file) {
  Errors errors;
  std::optional<Node> root = Loader(read_file, errors).load(path, {});
  if (root) {
    for (const Override& override : overrides) Setter(override, errors).apply(*root);
  }
  if (!errors.empty()) return fail(std::move(errors));
  return std::move(*root);
}

}  // namespace tailrace::spec
