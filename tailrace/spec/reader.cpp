#include "tailrace/spec/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tailrace/spec/suggest.hpp"
#include "tailrace/spec/text.hpp"

namespace tailrace::spec {
namespace {

std::string quoted_list(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += fmt::format("\"{}\"", name);
  }
  return text;
}

std::string with_doc(std::string text, const Field& field) {
  if (field.doc.empty()) return text;
  return fmt::format("{}; {}", text, field.doc);
}

}  // namespace

std::string range_in_words(const Field& field) {
  const bool low = field.min > -infinity;
  const bool high = field.max < infinity;
  const std::string least =
      fmt::format("{} {}", field.above_min ? "more than" : "at least", field.min);
  const std::string most =
      fmt::format("{} {}", field.below_max ? "less than" : "at most", field.max);
  if (low && high) return fmt::format("{} and {}", least, most);
  if (low) return field.above_min ? least : fmt::format("{} or more", field.min);
  if (high) return field.below_max ? most : fmt::format("{} or less", field.max);
  return "a number";
}

bool Reader::in_range(const Node& node, double value, const std::string& shown, const Field& field,
                      const At& at) {
  if (field.allows(value)) return true;
  findings_.add(node.place,
                {.code = "out-of-range",
                 .what = fmt::format("{} = {} is outside {}", at.label(), shown, range_of(field)),
                 .path = at.path,
                 .fix = with_doc("choose " + range_in_words(field), field)});
  return false;
}

void Reader::wrong_type(const Node& node, std::string_view needed, const At& at) {
  findings_.add(node.place,
                {.code = "wrong-type",
                 .what = fmt::format("{} needs {}, not {}", at.label(), needed, node.describe()),
                 .path = at.path,
                 .fix = fmt::format("write {}", needed)});
}

void Reader::missing(const Node& node, const Field& field, const At& at) {
  findings_.add(node.place, {.code = "missing",
                             .what = fmt::format("{} is missing", at.label()),
                             .path = at.path,
                             .fix = with_doc(fmt::format("set \"{}\"", at.key), field)});
}

void Reader::not_a_value(const Node& node, const std::string& written, const Field& field,
                         const At& at) {
  findings_.add(node.place, {.code = "wrong-value",
                             .what = fmt::format("\"{}\" is no {}", written, at.label()),
                             .path = at.path,
                             .fix = with_doc(fmt::format("the unit is {}", field.unit), field)});
}

void Reader::unknown_keys(const Node& node, const std::vector<std::string_view>& known,
                          const std::string& owner, const At& at) {
  for (const auto& [key, place, value] : *node.table()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string fix = did_you_mean(key, known);
    if (fix.empty()) {
      fix = known.empty() ? "it takes no options" : "it takes " + quoted_list(known);
    }
    const std::string whose = owner.empty() ? "an experiment" : owner;
    findings_.add(place, {.code = "unknown-key",
                          .what = fmt::format("{} has no option \"{}\"", whose, key),
                          .path = at.option({}, key).path,
                          .fix = std::move(fix)});
  }
}

void Reader::unknown_name(const Node& node, const std::string& name,
                          std::span<const std::string_view> names, const KindInfo& kind,
                          const At& at) {
  std::string fix = did_you_mean(name, names);
  if (kind.plural.empty()) {
    if (fix.empty()) fix = "choose one of " + quoted_list(names);
  } else {
    if (!fix.empty()) fix += "  ";
    fix += fmt::format("all names: tailrace list {}", kind.plural);
  }
  findings_.add(node.place, {.code = fmt::format("unknown-{}", kind.name),
                             .what = fmt::format("no {} is called \"{}\"", kind.name, name),
                             .path = at.path,
                             .fix = std::move(fix)});
}

void Reader::flag(const Node& node, bool& out, const At& at) {
  if (const bool* value = std::get_if<bool>(&node.value)) {
    out = *value;
  } else {
    wrong_type(node, "true or false", at);
  }
}

std::optional<std::int64_t> Reader::whole(const Node& node, const Field& field, const At& at) {
  const auto* value = std::get_if<std::int64_t>(&node.value);
  if (value == nullptr) {
    wrong_type(node, "a whole number", at);
    return std::nullopt;
  }
  const std::string shown = fmt::format("{}", *value);
  if (!in_range(node, static_cast<double>(*value), shown, field, at)) return std::nullopt;
  return *value;
}

void Reader::number(const Node& node, double& out, const Field& field, const At& at) {
  double value = 0;
  if (const auto* whole = std::get_if<std::int64_t>(&node.value)) {
    value = static_cast<double>(*whole);
  } else if (const auto* real = std::get_if<double>(&node.value)) {
    value = *real;
  } else {
    return wrong_type(node, "a number", at);
  }
  if (in_range(node, value, fmt::format("{}", value), field, at)) out = value;
}

void Reader::time(const Node& node, Time& out, const Field& field, const At& at) {
  constexpr double seconds_max = 9.2e9;  // 2^63 ns are 292 years
  Field range = field;
  range.min = std::max(field.min, 0.0);
  range.max = std::min(field.max, seconds_max);
  std::optional<Time> value;
  if (const std::string* written = node.text()) {
    value = parse_time(*written);
    if (!value) {
      findings_.add(node.place,
                    {.code = "wrong-value",
                     .what = fmt::format("{} = \"{}\" is not a time", at.label(), *written),
                     .path = at.path,
                     .fix = "write a number and a unit (ns, us, ms, s, min, h, d), such "
                            "as \"20ms\" or \"1.5s\""});
      return;
    }
  } else {
    double seconds = 0;
    const std::size_t before = findings_.size();
    number(node, seconds, range, at);
    if (findings_.size() == before) out = Time::from_seconds(seconds);
    return;
  }
  if (in_range(node, value->seconds(), tailrace::to_string(*value), range, at)) out = *value;
}

const std::string* Reader::text_of(const Node& node, const At& at) {
  if (node.text() == nullptr) wrong_type(node, "a text in quotes", at);
  return node.text();
}

void Reader::text(const Node& node, std::string& out, const At& at) {
  if (const std::string* written = text_of(node, at)) out = *written;
}

std::optional<std::size_t> Reader::one_of(const Node& node, std::span<const std::string_view> names,
                                          const At& at) {
  const std::string* written = node.text();
  if (written == nullptr) {
    wrong_type(node, "one of " + quoted_list(names), at);
    return std::nullopt;
  }
  const auto found = std::find(names.begin(), names.end(), *written);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  unknown_name(node, *written, names, {.name = at.key, .plural = {}, .purpose = {}}, at);
  return std::nullopt;
}

std::optional<Reader::Picked> Reader::pick(const Node& node, const ChoiceInfo& info, const At& at) {
  const bool is_number = std::holds_alternative<std::int64_t>(node.value) ||
                         std::holds_alternative<double>(node.value);
  if (node.table() != nullptr) return pick_from_table(node, info, at);
  if (const std::string* name = node.text()) {
    const auto found = std::find(info.names.begin(), info.names.end(), *name);
    if (found != info.names.end()) {
      return Picked{.index = static_cast<std::size_t>(found - info.names.begin())};
    }
    unknown_name(node, *name, info.names, info.kind, at);
    return std::nullopt;
  }
  if (is_number && info.from_number) return Picked{.index = *info.from_number, .options = &node};
  wrong_type(node, with_article(info.kind.name) + " (a name, or { kind = \"...\" })", at);
  return std::nullopt;
}

std::optional<Reader::Picked> Reader::pick_from_table(const Node& node, const ChoiceInfo& info,
                                                      const At& at) {
  const auto index_of = [&](std::string_view name) -> std::optional<std::size_t> {
    const auto found = std::find(info.names.begin(), info.names.end(), name);
    if (found == info.names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - info.names.begin());
  };
  if (const Node* kind = node.find("kind")) {
    const At here = at.option({}, "kind");
    const std::string* name = text_of(*kind, here);
    if (name == nullptr) return std::nullopt;
    if (const auto index = index_of(*name)) return Picked{.index = *index, .options = &node};
    unknown_name(*kind, *name, info.names, info.kind, here);
    return std::nullopt;
  }
  const Node::Table& table = *node.table();
  if (table.size() == 1) {
    const Entry& only = table.front();
    // `local = { steps = 3 }` sets an option that is called like its component.
    const bool is_option = only.node.table() == nullptr &&
                           std::find(info.its_options.begin(), info.its_options.end(), only.key) !=
                               info.its_options.end();
    if (const auto index = index_of(only.key); index && !is_option) {
      return Picked{.index = *index, .options = &only.node, .inside = only.key};
    }
    if (!info.without_kind && nearest(only.key, info.names)) {
      unknown_name(only.node, only.key, info.names, info.kind, at.option({}, only.key));
      return std::nullopt;
    }
  }
  if (info.without_kind) return Picked{.index = *info.without_kind, .options = &node};
  findings_.add(node.place, {.code = "missing-kind",
                             .what = fmt::format("this {} does not say which", info.kind.name),
                             .path = at.path,
                             .fix = "add kind = one of " + quoted_list(info.names)});
  return std::nullopt;
}

}  // namespace tailrace::spec
