#pragma once

#include <string>

#include "tailrace/core/field.hpp"
#include "tailrace/core/field_range.hpp"
#include "tailrace/core/time.hpp"
#include "tailrace/spec/experiment.hpp"
#include "tailrace/spec/node.hpp"

namespace tailrace::spec {

/// Turns values of options into nodes that Reader reads back to the same values.
struct Writer {
  template <HasFields T>
  static Node::Table table(const T& options) {
    Node::Table entries;
    T::fields(options, [&](std::string_view key, const auto& value, const Field& /*field*/) {
      add(entries, key, value);
    });
    return entries;
  }

  template <class T>
  static Node node(const T& value) {
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, double> ||
                  std::is_same_v<T, std::string>) {
      return {.value = value, .place = {}};
    } else if constexpr (std::is_integral_v<T>) {
      return {.value = static_cast<std::int64_t>(value), .place = {}};
    } else if constexpr (detail::IsList<T>::value) {
      Node::Array items;
      for (const auto& item : value) items.push_back(node(item));
      return {.value = std::move(items), .place = {}};
    } else if constexpr (detail::IsChoice<T>::value) {
      return std::visit([](const auto& chosen) { return component(chosen); }, value);
    } else if constexpr (NamedEnum<T>) {
      return {.value = std::string(name_of(value)), .place = {}};
    } else if constexpr (HasFields<T>) {
      return {.value = table(value), .place = {}};
    } else {  // Time, Bandwidth: values with a text form of their own
      return {.value = to_string(value), .place = {}};
    }
  }

 private:
  template <class T>
  static void add(Node::Table& entries, std::string_view key, const T& value) {
    if constexpr (detail::IsOptional<T>::value) {
      if (value) add(entries, key, *value);
    } else {
      entries.push_back({.key = std::string(key), .place = {}, .node = node(value)});
    }
  }

  /// `{ kind = "buffer", size = 4 }`, or "sender" for what has no options.
  template <class T>
  static Node component(const T& chosen) {
    Node::Table options = table(chosen);
    if (options.empty()) return {.value = std::string(T::name), .place = {}};
    options.insert(options.begin(),
                   {.key = "kind", .place = {}, .node = node(std::string(T::name))});
    return {.value = std::move(options), .place = {}};
  }
};

/// The whole experiment with every default spelled out.
[[nodiscard]] Node to_node(const Experiment& experiment);

/// The same as a file; reading it gives the same experiment. An option that is left out has no
/// value, such as a network that takes no time.
[[nodiscard]] std::string to_toml(const Experiment& experiment);

/// What decides the bits of one run: everything but when it ends, how it is computed and what runs
/// beside it. Two runs with equal identities agree as long as both last.
[[nodiscard]] std::string identity(const Experiment& experiment, const MethodSpec& method,
                                   std::uint64_t seed);

}  // namespace tailrace::spec
