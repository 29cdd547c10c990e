#include "tailrace/spec/toml.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <tuple>
#include <utility>

namespace tailrace::spec {
namespace {

constexpr std::size_t key_parts_max = 100;
constexpr std::size_t line_max = 100;

Place place_from(const toml::source_region& region,
                 const std::shared_ptr<const std::string>& source) {
  return {.source = source,
          .line = static_cast<std::uint32_t>(region.begin.line),
          .column = static_cast<std::uint32_t>(region.begin.column)};
}

/// The line of a dotted key with more parts than any option has, or 0. toml++ descends once a part,
/// so a hostile key could exhaust the stack.
std::size_t line_of_deep_key(std::string_view text) {
  std::size_t line = 1;
  std::size_t dots = 0;
  for (const char c : text) {
    if (c == '\n') ++line;
    if (std::string_view("\n,=[]{}#").find(c) != std::string_view::npos) dots = 0;
    if (c == '.' && ++dots > key_parts_max) return line;
  }
  return 0;
}

class Converter {
 public:
  explicit Converter(std::shared_ptr<const std::string> source) : source_(std::move(source)) {}

  Node convert(const toml::node& node) const {
    Node result{.value = false, .place = place_from(node.source(), source_)};
    if (const auto* table = node.as_table()) {
      result.value = convert_table(*table);
    } else if (const auto* array = node.as_array()) {
      Node::Array items;
      for (const toml::node& item : *array) items.push_back(convert(item));
      result.value = std::move(items);
    } else if (const auto* text = node.as_string()) {
      result.value = text->get();
    } else if (const auto* whole = node.as_integer()) {
      result.value = whole->get();
    } else if (const auto* number = node.as_floating_point()) {
      result.value = number->get();
    } else if (const auto* flag = node.as_boolean()) {
      result.value = flag->get();
    } else {
      std::ostringstream written;
      written << toml::node_view(node);
      result.value = Node::Date{written.str()};
    }
    return result;
  }

 private:
  Node::Table convert_table(const toml::table& table) const {
    Node::Table entries;
    for (const auto& [key, value] : table) {
      entries.push_back({.key = std::string(key.str()),
                         .place = place_from(key.source(), source_),
                         .node = convert(value)});
    }
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
    });
    return entries;
  }

  std::shared_ptr<const std::string> source_;
};

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04X}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string key_text(const std::string& key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  return bare ? key : quoted(key);
}

std::string joined(const Node::Array& items, std::string_view separator) {
  std::string text;
  for (const Node& item : items) {
    if (!text.empty()) text += separator;
    text += to_toml(item);
  }
  return text;
}

bool is_table_list(const Node& node) {
  const Node::Array* array = node.array();
  return array != nullptr && !array->empty() &&
         std::all_of(array->begin(), array->end(),
                     [](const Node& item) { return item.table() != nullptr; });
}

/// A table that fits on one line reads better there; sections are for the top of the file.
void write_section(const Node::Table& table, const std::string& path, std::string& out) {
  for (const auto& [key, place, node] : table) {
    std::string line = fmt::format("{} = {}\n", key_text(key), to_toml(node));
    if (line.size() > line_max && node.array() != nullptr) {
      line = fmt::format("{} = [\n  {},\n]\n", key_text(key), joined(*node.array(), ",\n  "));
    }
    if (line.size() <= line_max || node.table() == nullptr) out += line;
  }
  for (const auto& [key, place, node] : table) {
    if (node.table() == nullptr) continue;
    if (fmt::format("{} = {}\n", key_text(key), to_toml(node)).size() <= line_max) continue;
    const std::string inner = path + "." + key_text(key);
    out += fmt::format("\n[{}]\n", inner);
    write_section(*node.table(), inner, out);
  }
}

}  // namespace

Result<Node> parse_toml(std::string_view text, const std::string& source) {
  const auto shared = std::make_shared<const std::string>(source);
  if (const std::size_t line = line_of_deep_key(text)) {
    return fail({.code = "spec/syntax",
                 .what = fmt::format("a key has more than {} parts", key_parts_max),
                 .where = fmt::format("{}:{}", source, line),
                 .fix = "no option lies that deep"});
  }
  try {
    return Converter(shared).convert(toml::parse(text, source));
  } catch (const toml::parse_error& error) {
    std::string what(error.description());
    constexpr std::string_view noise = "Error while parsing ";
    if (what.starts_with(noise)) what = "in this " + what.substr(noise.size());
    return fail({.code = "spec/syntax",
                 .what = std::move(what),
                 .where = place_from(error.source(), shared).to_string(),
                 .fix = "write it as TOML 1.0 does: key = value, texts in quotes"});
  }
}

std::string to_toml(const Node& node) {
  struct Write {
    std::string operator()(const Node::Table& table) const {
      std::string text;
      for (const auto& [key, place, value] : table) {
        if (!text.empty()) text += ", ";
        text += fmt::format("{} = {}", key_text(key), to_toml(value));
      }
      return text.empty() ? "{}" : fmt::format("{{ {} }}", text);
    }
    std::string operator()(const Node::Array& items) const {
      return fmt::format("[{}]", joined(items, ", "));
    }
    std::string operator()(const std::string& text) const { return quoted(text); }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(double number) const { return number_text(number); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const Node::Date& date) const { return date.text; }
  };
  return std::visit(Write{}, node.value);
}

std::string to_toml_file(const Node& root) {
  std::string out;
  const Node::Table& table = *root.table();
  const auto is_section = [](const Node& node) {
    return node.table() != nullptr || is_table_list(node);
  };
  for (const auto& [key, place, node] : table) {
    if (!is_section(node)) out += fmt::format("{} = {}\n", key_text(key), to_toml(node));
  }
  for (const auto& [key, place, node] : table) {
    if (!is_section(node)) continue;
    if (const Node::Table* section = node.table()) {
      out += fmt::format("\n[{}]\n", key_text(key));
      write_section(*section, key_text(key), out);
      continue;
    }
    for (const Node& item : *node.array()) {
      out += fmt::format("\n[[{}]]\n", key_text(key));
      write_section(*item.table(), key_text(key), out);
    }
  }
  return out;
}

}  // namespace tailrace::spec
