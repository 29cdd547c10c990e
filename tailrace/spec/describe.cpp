#include "tailrace/spec/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>

#include "tailrace/core/field_range.hpp"
#include "tailrace/spec/experiment.hpp"
#include "tailrace/spec/reader.hpp"
#include "tailrace/spec/text.hpp"
#include "tailrace/spec/toml.hpp"
#include "tailrace/spec/writer.hpp"

namespace tailrace::spec {
namespace {

constexpr KindInfo table_kind{"table", "tables", "parts of an experiment file"};

template <class... Ts>
std::string names_of(const std::variant<Ts...>* /*type*/) {
  std::string text;
  for (const std::string_view name : {std::string_view(Ts::name)...}) {
    if (!text.empty()) text += " | ";
    text += name;
  }
  return text;
}

/// "[1, 1e9]": range_of() with its long round numbers shortened.
std::string range_text(const Field& field) {
  const auto bound = [](double value) {
    constexpr double long_number = 1e6;
    std::string text = fmt::format("{}", value);
    if (!(value >= long_number && value < infinity)) return text;
    const std::size_t digits = text.find_last_not_of('0') + 1;
    return digits == 1 ? fmt::format("{}e{}", text[0], text.size() - 1) : text;
  };
  return fmt::format("{}{}, {}{}", field.above_min ? '(' : '[', bound(field.min), bound(field.max),
                     field.below_max ? ')' : ']');
}

template <class T>
std::string range_text(const Field& field, std::string_view key) {
  if constexpr (std::is_same_v<T, bool>) {
    return "true | false";
  } else if constexpr (std::is_same_v<T, Time>) {
    // Without a bound of its own, a time is at least a duration.
    Field range = field;
    range.min = std::max(range.min, 0.0);
    return range_text(range);
  } else if constexpr (std::is_arithmetic_v<T>) {
    Field range = field;
    if (std::is_unsigned_v<T>) range.min = std::max(range.min, 0.0);
    return range_text(range);
  } else if constexpr (NamedEnum<T>) {
    std::string text;
    for (const auto& [name, value] : EnumNames<T>::values) {
      if (!text.empty()) text += " | ";
      text += name;
    }
    return text;
  } else if constexpr (detail::IsChoice<T>::value) {
    const KindInfo kind = kind_of<T>(key);
    return kind.plural.empty() ? names_of(static_cast<const T*>(nullptr)) : with_article(kind.name);
  } else if constexpr (detail::IsList<T>::value) {
    const std::string inner = range_text<typename T::value_type>(field, key);
    const bool one = inner.starts_with("a ") || inner.starts_with("an ");
    return one ? fmt::format("list of {}s", inner.substr(inner.find(' ') + 1))
               : fmt::format("list of {}", inner);
  } else if constexpr (ReadsFromText<T>) {
    return "(0, inf]";
  } else {
    return "text";
  }
}

/// A default in a few characters: of a component its name, or the number that stands for it.
template <class T>
std::string default_text(const T& value) {
  if constexpr (detail::IsChoice<T>::value) {
    return std::visit(
        []<class Chosen>(const Chosen& chosen) {
          if constexpr (FromNumber<Chosen>) {
            return to_toml(Writer::table(chosen).front().node);
          } else {
            return to_toml(Writer::node(std::string(Chosen::name)));
          }
        },
        value);
  } else {
    return to_toml(Writer::node(value));
  }
}

template <class T>
constexpr bool has_unit() {
  if constexpr (detail::IsList<T>::value || detail::IsOptional<T>::value) {
    return has_unit<typename T::value_type>();
  } else {
    return (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) || std::is_same_v<T, Time> ||
           ReadsFromText<T>;
  }
}

/// `is_set` is false where the option has no value unless somebody gives it one.
template <class T>
void add_option(const std::string& key, const T& value, bool is_set, const Field& field,
                std::vector<OptionInfo>& out) {
  if constexpr (detail::IsOptional<T>::value) {
    using Inner = typename T::value_type;
    add_option(key, value.value_or(Inner{}), value.has_value(), field, out);
  } else if constexpr (HasFields<T>) {
    out.push_back({.key = key,
                   .default_value = is_set ? "" : "none",
                   .range = "table",
                   .unit = {},
                   .doc = std::string(field.doc)});
    T::fields(value, [&](std::string_view inner, const auto& member, const Field& inner_field) {
      add_option(fmt::format("{}.{}", key, inner), member, true, inner_field, out);
    });
  } else {
    std::string default_value = is_set ? default_text(value) : "none";
    if (field.required) default_value = "required";
    const std::string_view last = std::string_view(key).substr(key.rfind('.') + 1);
    out.push_back({.key = key,
                   .default_value = std::move(default_value),
                   .range = range_text<T>(field, last),
                   .unit = has_unit<T>() ? std::string(field.unit) : std::string(),
                   .doc = std::string(field.doc)});
  }
}

template <HasFields T>
std::vector<OptionInfo> options_of() {
  std::vector<OptionInfo> options;
  const T defaults{};
  T::fields(defaults, [&](std::string_view key, const auto& value, const Field& field) {
    add_option(std::string(key), value, true, field, options);
  });
  return options;
}

template <class T>
concept HasTitle = requires {
  T::title;
};
template <class T>
concept HasFormula = requires {
  T::formula;
};
template <class T>
concept HasBox = requires {
  T::box;
};
template <class T>
concept HasSource = requires {
  T::source;
};

template <class T>
ComponentInfo component_of(KindInfo kind) {
  ComponentInfo info;
  info.kind = kind;
  info.name = T::name;
  info.summary = T::summary;
  if constexpr (HasTitle<T>) info.title = T::title;
  if constexpr (HasFormula<T>) info.formula = T::formula;
  if constexpr (HasBox<T>) info.box = T::box;
  if constexpr (HasSource<T>) info.source = T::source;
  info.from_number = FromNumber<T>;
  info.options = options_of<T>();
  return info;
}

template <class... Ts>
void add_all(KindInfo kind, const std::variant<Ts...>* /*type*/, std::vector<ComponentInfo>& out) {
  (out.push_back(component_of<Ts>(kind)), ...);
}

std::vector<ComponentInfo> collect() {
  std::vector<ComponentInfo> all;
  Kinds::each([&]<class Choice>() {
    add_all(Kind<Choice>::info, static_cast<const Choice*>(nullptr), all);
  });
  all.push_back(component_of<delay::Workers>(table_kind));
  all.push_back(component_of<delay::Network>(table_kind));
  all.push_back(component_of<delay::Outage>(table_kind));
  all.push_back(component_of<Run>(table_kind));
  all.push_back(component_of<cluster::Cluster>(table_kind));
  all.push_back(component_of<theory::Given>(table_kind));
  all.push_back(component_of<Parts>(table_kind));
  all.push_back(component_of<LocalSteps>(table_kind));
  return all;
}

}  // namespace

const std::vector<ComponentInfo>& components() {
  static const std::vector<ComponentInfo> all = collect();
  return all;
}

}  // namespace tailrace::spec
