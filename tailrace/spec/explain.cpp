#include "tailrace/spec/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <vector>

#include "tailrace/spec/describe.hpp"
#include "tailrace/spec/suggest.hpp"
#include "tailrace/spec/text.hpp"

namespace tailrace::spec {
namespace {

constexpr std::size_t width = 100;
constexpr std::size_t columns = 5;
constexpr std::array<std::size_t, columns> width_max = {26, 16, 20, 12, width};
using Row = std::array<std::string, columns>;

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

/// Columns as wide as their longest cell, up to a limit; long cells go on below.
std::string table_text(const std::vector<Row>& rows) {
  std::array<std::size_t, columns> widths{};
  std::size_t used = 2;
  for (std::size_t c = 0; c + 1 < columns; ++c) {
    for (const Row& row : rows) widths[c] = std::max(widths[c], row[c].size());
    widths[c] = std::min(widths[c], width_max[c]);
    used += widths[c] + 2;
  }
  constexpr std::size_t doc_min = 18;
  widths[columns - 1] = used + doc_min < width ? width - used : doc_min;
  std::string text;
  for (const Row& row : rows) {
    std::array<std::vector<std::string>, columns> cells;
    std::size_t height = 0;
    for (std::size_t c = 0; c < columns; ++c) {
      cells[c] = wrapped(row[c], widths[c]);
      height = std::max(height, cells[c].size());
    }
    for (std::size_t i = 0; i < height; ++i) {
      std::string line = "  ";
      for (std::size_t c = 0; c < columns; ++c) {
        line += fmt::format("{:<{}}  ", i < cells[c].size() ? cells[c][i] : "", widths[c]);
      }
      text += trimmed(std::move(line)) + '\n';
    }
  }
  return text;
}

std::string options_table(std::span<const OptionInfo> options) {
  std::vector<Row> rows = {{"option", "default", "range", "unit", "meaning"}};
  for (const OptionInfo& option : options) {
    rows.push_back({option.key, option.default_value, option.range, option.unit, option.doc});
  }
  return table_text(rows);
}

std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    out += trimmed(fmt::format("    {}", text.substr(0, size))) + '\n';
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return out;
}

/// A formula on one line, or, where it is too long for that, with a line for each of its parts.
std::string formula_text(std::string_view formula) {
  constexpr std::size_t formula_width = width - 4;
  std::string text(formula);
  constexpr std::string_view separator = ";  ";
  if (text.size() <= formula_width) return text;
  for (std::size_t at = text.find(separator); at != std::string::npos;
       at = text.find(separator, at)) {
    text.replace(at, separator.size(), "\n");
  }
  return text;
}

std::string usage(const ComponentInfo& component) {
  if (component.kind.name == "table") return {};
  if (component.kind.name == "recipe") {
    return fmt::format("[[method]] recipe = \"{}\"", component.name);
  }
  if (component.options.empty()) return fmt::format("\"{}\"", component.name);
  const OptionInfo& first = component.options.front();
  const bool shown = first.default_value != "required" && first.default_value != "none" &&
                     !first.default_value.empty();
  std::string text = fmt::format("{{ kind = \"{}\", {} = {} }}", component.name, first.key,
                                 shown ? first.default_value : "...");
  if (component.kind.name == "transform" && component.from_number) {
    text = fmt::format("{{ {} = {} }}  or  {}", component.name, first.default_value, text);
  }
  return text;
}

std::string page(const ComponentInfo& component) {
  std::string text = fmt::format("{}  ({})", component.name, component.kind.name);
  if (!component.title.empty()) text += fmt::format("  {}", component.title);
  text += '\n';
  for (const std::string& line : wrapped(component.summary, width - 2)) text += "  " + line + '\n';
  if (!component.formula.empty()) text += '\n' + indented(formula_text(component.formula));
  if (!component.box.empty()) text += '\n' + indented(component.box);
  if (!component.options.empty()) text += '\n' + options_table(component.options);
  const std::string written = usage(component);
  if (!written.empty()) text += fmt::format("\n  write   {}\n", written);
  if (!component.source.empty()) {
    if (written.empty()) text += '\n';
    text += fmt::format("  source  {}\n", component.source);
  }
  return text;
}

std::string option_page(const ComponentInfo& component, std::span<const OptionInfo> options) {
  return fmt::format("{}  ({})\n  {}\n\n{}", component.name, component.kind.name, component.summary,
                     options_table(options));
}

/// "worker.clip" is, and is inside, "worker".
bool is_inside(std::string_view key, std::string_view outer) {
  return key.starts_with(outer) && (key.size() == outer.size() || key[outer.size()] == '.');
}

/// Pages of components for which `name` holds, or of those of their options that `rest` names.
std::vector<std::string> pages_of(const std::function<bool(const ComponentInfo&)>& wanted,
                                  std::string_view rest) {
  std::vector<std::string> pages;
  for (const ComponentInfo& component : components()) {
    if (!wanted(component)) continue;
    if (rest.empty()) {
      pages.push_back(page(component));
      continue;
    }
    std::vector<OptionInfo> options;
    for (const OptionInfo& option : component.options) {
      if (is_inside(option.key, rest)) options.push_back(option);
    }
    if (!options.empty()) pages.push_back(option_page(component, options));
  }
  return pages;
}

std::vector<std::string> find_pages(std::string_view topic) {
  const std::size_t dot = std::min(topic.find('.'), topic.size());
  const std::string_view first = topic.substr(0, dot);
  const std::string_view rest = topic.substr(std::min(dot + 1, topic.size()));
  auto pages = pages_of([&](const ComponentInfo& c) { return c.name == first; }, rest);
  if (!pages.empty()) return pages;
  if (!rest.empty()) {
    return pages_of([&](const ComponentInfo& c) { return c.kind.name == first && c.name == rest; },
                    {});
  }
  return pages_of([](const ComponentInfo&) { return true; }, first);
}

std::vector<std::string_view> topics() {
  std::vector<std::string_view> names;
  for (const ComponentInfo& component : components()) names.push_back(component.name);
  for (const ComponentInfo& component : components()) {
    for (const OptionInfo& option : component.options) names.emplace_back(option.key);
  }
  return names;
}

}  // namespace

Result<std::string> explain(std::string_view topic) {
  std::vector<std::string> pages = find_pages(topic);
  if (!pages.empty()) return joined(pages, "\n");
  if (auto names = list(topic)) return names;
  const std::string hint = did_you_mean(topic, topics());
  return fail({.code = "spec/unknown-topic",
               .what = fmt::format("nothing is called \"{}\"", topic),
               .where = {},
               .fix = hint.empty() ? "all names: tailrace list" : hint});
}

Result<std::string> list(std::string_view kind) {
  std::vector<std::string_view> plurals;
  std::string text;
  std::string_view last;
  for (const ComponentInfo& component : components()) {
    const bool fresh = component.kind.plural != last;
    if (fresh) plurals.push_back(component.kind.plural);
    last = component.kind.plural;
    if (!kind.empty() && kind != component.kind.name && kind != component.kind.plural) continue;
    if (fresh) {
      text += fmt::format("{}{}: {}\n", text.empty() ? "" : "\n", component.kind.plural,
                          component.kind.purpose);
    }
    text += fmt::format("  {:<28} {}\n", component.name, component.summary);
  }
  if (!text.empty()) return text;
  const std::string hint = did_you_mean(kind, plurals);
  return fail({.code = "spec/unknown-kind",
               .what = fmt::format("there are no components called \"{}\"", kind),
               .where = {},
               .fix = hint.empty() ? "there are " + joined(plurals, ", ") : hint});
}

}  // namespace tailrace::spec
