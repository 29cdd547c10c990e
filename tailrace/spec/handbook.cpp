#include "tailrace/spec/handbook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>
#include <utility>

#include "tailrace/core/field_range.hpp"
#include "tailrace/spec/describe.hpp"
#include "tailrace/spec/families.hpp"
#include "tailrace/spec/reader.hpp"
#include "tailrace/spec/toml.hpp"
#include "tailrace/spec/writer.hpp"

namespace tailrace::spec {
namespace {

constexpr std::string_view made_by = "<!-- Made by `tailrace docs`; do not edit. -->\n\n";

/// Pages of everything but recipes, and the kinds on them, by their plurals. A kind that is on none
/// is on the last.
struct KindPage {
  std::string_view name;
  std::string_view title;
  std::array<std::string_view, 7> kinds;
};
constexpr std::array<KindPage, 4> kind_pages = {{
    {.name = "transforms", .title = "Transforms", .kinds = {"transforms"}},
    {.name = "times", .title = "Speeds and delays", .kinds = {"speeds", "delays"}},
    {.name = "problems",
     .title = "Problems, data and noise",
     .kinds = {"problems", "models", "shards", "regularizers", "spectra", "starts", "noises"}},
    {.name = "parts", .title = "Other parts and tables", .kinds = {}},
}};

/// A text in a cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string code(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", cell(text));
}

std::string options_table(const std::vector<OptionInfo>& options) {
  if (options.empty()) return {};
  std::string text = "| option | default | unit | range | meaning |\n|---|---|---|---|---|\n";
  for (const OptionInfo& option : options) {
    text += fmt::format("| `{}` | {} | {} | {} | {} |\n", option.key, code(option.default_value),
                        cell(option.unit), cell(option.range), cell(option.doc));
  }
  return text + '\n';
}

std::string fenced(std::string_view text) { return fmt::format("```\n{}\n```\n\n", text); }

std::string number(double value) {
  if (std::isnan(value)) return "";
  if (std::isinf(value)) return "never";
  return fmt::format("{:.3g}", value);
}

constexpr std::string_view measured_head =
    "| method | loss | gradient norm | to target [s] | staleness, mean / max | discarded |\n"
    "|---|---:|---:|---:|---:|---:|\n";

std::string measured_row(const std::string& name, const Measured* measured) {
  if (measured == nullptr) return fmt::format("| {} | | | | | |\n", name);
  if (measured->ending.find("diverged") != std::string::npos) {
    return fmt::format("| {} | {} | | | | |\n", name, measured->ending);
  }
  return fmt::format("| {} | {} | {} | {} | {} / {} | {:.0f}% |\n", name, number(measured->loss),
                     number(measured->gradient_norm), number(measured->target_seconds),
                     number(measured->staleness_mean), number(measured->staleness_max),
                     100 * measured->discarded_share);
}

std::string recipe_section(const ComponentInfo& recipe, const Measured* measured) {
  std::string text = fmt::format("## {}\n\n", recipe.name);
  text += recipe.title.empty() ? fmt::format("{}\n\n", recipe.summary)
                               : fmt::format("**{}.** {}\n\n", recipe.title, recipe.summary);
  if (!recipe.box.empty()) text += fenced(recipe.box);
  text += options_table(recipe.options);
  if (!recipe.source.empty()) text += fmt::format("Source: {}\n\n", recipe.source);
  if (measured != nullptr) {
    text += std::string(measured_head) + measured_row("in the benchmark", measured) + '\n';
    text += measured->settings.empty() ? "with its defaults\n\n"
                                       : fmt::format("with `{}`\n\n", measured->settings);
  }
  return text;
}

std::string component_section(const ComponentInfo& component) {
  std::string text = fmt::format("### {}\n\n{}\n\n", component.name, component.summary);
  if (!component.formula.empty()) text += fenced(component.formula);
  text += options_table(component.options);
  if (!component.source.empty()) text += fmt::format("Source: {}\n\n", component.source);
  return text;
}

/// One empty line between blocks, and one end of line at the end.
std::string tidied(std::string text) {
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

class Handbook {
 public:
  explicit Handbook(const std::vector<Measured>& measured) {
    for (const Measured& one : measured) measured_[one.recipe] = &one;
    for (const ComponentInfo& component : components()) {
      if (component.kind.name == "recipe") recipes_[component.name] = &component;
    }
  }

  std::vector<Page> pages() {
    std::vector<Page> pages;
    std::string index = std::string(made_by) + std::string(introduction);
    for (const Family& family : families()) {
      std::vector<const ComponentInfo*> members;
      for (const std::string_view name : family.recipes) {
        const auto found = recipes_.find(name);
        if (found == recipes_.end()) continue;
        members.push_back(found->second);
        recipes_.erase(found);
      }
      add_family(family, members, index, pages);
    }
    std::vector<const ComponentInfo*> others;
    for (const auto& [name, recipe] : recipes_) others.push_back(recipe);
    add_family({.name = "others", .title = "Others", .about = "", .recipes = {}}, others, index,
               pages);
    add_kinds(index, pages);
    pages.insert(pages.begin(), {.path = "methods.md", .text = tidied(std::move(index))});
    return pages;
  }

 private:
  static constexpr std::string_view introduction = R"(# Methods

Here you find every method that Tailrace knows by name, how it does on one small problem, and
where its page is; the pages give the algorithm, the options with their defaults and ranges, and
the source. Everything here is also in the program: `tailrace list` and `tailrace explain NAME`.

The numbers come from [one benchmark](../experiments/methods/README.md): logistic regression on
ten workers with data of their own, half of them five times slower, with times and gradient noise
of infinite variance. Every method has the step size and clip threshold that `tailrace tune` found
for it, all with the same budget. Loss and gradient norm are those at the end, medians of five
seeds; the target is a gradient norm of 0.1. One problem says which methods work on it, how stale
their updates are and how many they discard; it does not say which is best on another: tune and
compare on yours.

)";

  [[nodiscard]] const Measured* measured_of(const ComponentInfo& recipe) const {
    const auto found = measured_.find(recipe.name);
    return found == measured_.end() ? nullptr : found->second;
  }

  void add_family(const Family& family, const std::vector<const ComponentInfo*>& members,
                  std::string& index, std::vector<Page>& pages) const {
    if (members.empty()) return;
    const std::string path = fmt::format("methods/{}.md", family.name);
    index += fmt::format("## {}\n\n{}\n\n{}", family.title, family.about, measured_head);
    std::string text = fmt::format("{}# {}\n\n{} All methods: [methods](../methods.md).\n\n",
                                   made_by, family.title, family.about);
    for (const ComponentInfo* recipe : members) {
      const std::string link = fmt::format("[{0}]({1}#{0})", recipe->name, path);
      index += measured_row(link, measured_of(*recipe));
      text += recipe_section(*recipe, measured_of(*recipe));
    }
    index += '\n';
    pages.push_back({.path = path, .text = tidied(std::move(text))});
  }

  static void add_kinds(std::string& index, std::vector<Page>& pages) {
    index += "## Everything else an experiment file can name\n\n";
    std::vector<bool> shown(components().size());
    for (const KindPage& page : kind_pages) {
      const bool last = &page == &kind_pages.back();
      std::string text = fmt::format(
          "{}# {}\n\nFormula, options and source of each. All methods: "
          "[methods](../methods.md).\n\n",
          made_by, page.title);
      std::string_view before;
      for (std::size_t i = 0; i < components().size(); ++i) {
        const ComponentInfo& component = components()[i];
        const bool wanted = std::find(page.kinds.begin(), page.kinds.end(),
                                      component.kind.plural) != page.kinds.end();
        if (component.kind.name == "recipe" || shown[i] || !(wanted || last)) continue;
        shown[i] = true;
        if (component.kind.plural != before) {
          text += fmt::format("## {}: {}\n\n", component.kind.plural, component.kind.purpose);
          index += fmt::format("- [{}](methods/{}.md): {}\n", component.kind.plural, page.name,
                               component.kind.purpose);
        }
        before = component.kind.plural;
        text += component_section(component);
      }
      pages.push_back(
          {.path = fmt::format("methods/{}.md", page.name), .text = tidied(std::move(text))});
    }
  }

  std::map<std::string_view, const Measured*> measured_;
  std::map<std::string_view, const ComponentInfo*> recipes_;
};

}  // namespace

std::string measured_to_toml(const std::vector<Measured>& measured) {
  Node::Array list;
  for (const Measured& one : measured) list.push_back(Writer::node(one));
  Node::Table table;
  table.push_back({.key = "method", .place = {}, .node = {.value = std::move(list), .place = {}}});
  return to_toml_file({.value = std::move(table), .place = {}});
}

Result<std::vector<Measured>> measured_from_toml(std::string_view text, const std::string& source) {
  const Result<Node> document = parse_toml(text, source);
  if (!document) return fail(document.error());
  std::vector<Measured> measured;
  Findings findings;
  if (const Node* list = document->find("method")) {
    Reader(findings).read(*list, measured, Field{}, At{}.option({}, "method"));
  }
  if (!findings.empty()) return fail(findings.errors());
  return measured;
}

std::vector<Page> handbook(const std::vector<Measured>& measured) {
  return Handbook(measured).pages();
}

}  // namespace tailrace::spec
