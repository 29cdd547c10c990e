#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/core/time.hpp"

namespace tailrace {

/// "[0, 1)", "(0, inf]": what a field allows, as people write it.
[[nodiscard]] std::string range_of(const Field& field);

/// The error for a number that its field does not allow.
[[nodiscard]] Error out_of_range(const Field& field, const std::string& key, double value);

namespace detail {

template <class T>
void collect_range_errors(const T& value, const Field& field, const std::string& key,
                          Errors& errors);

template <HasFields T>
void collect_range_errors_of(const T& options, const std::string& key, Errors& errors) {
  T::fields(options, [&](std::string_view name, const auto& value, const Field& field) {
    collect_range_errors(value, field, key + "." + std::string(name), errors);
  });
}

template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsChoice : std::false_type {};
template <class... Ts>
struct IsChoice<std::variant<Ts...>> : std::true_type {};

template <class T>
void collect_range_errors(const T& value, const Field& field, const std::string& key,
                          Errors& errors) {
  if constexpr (std::is_same_v<T, Time>) {
    if (!field.allows(value.seconds())) errors.push_back(out_of_range(field, key, value.seconds()));
  } else if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
    const auto number = static_cast<double>(value);
    if (!field.allows(number)) errors.push_back(out_of_range(field, key, number));
  } else if constexpr (IsList<T>::value) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      collect_range_errors(value[i], field, key + "[" + std::to_string(i) + "]", errors);
    }
  } else if constexpr (IsOptional<T>::value) {
    if (value) collect_range_errors(*value, field, key, errors);
  } else if constexpr (IsChoice<T>::value) {
    std::visit([&](const auto& chosen) { collect_range_errors(chosen, field, key, errors); },
               value);
  } else if constexpr (HasFields<T>) {
    collect_range_errors_of(value, key, errors);
  }
}

}  // namespace detail

/// Every number in a struct of options, however deep, that is outside its declared range. For
/// options that come from code; the reader of experiment files checks as it reads, and knows the
/// line.
///
///   key  name of the whole in error messages, such as "workers"
template <HasFields T>
[[nodiscard]] Status check_ranges(const T& options, const std::string& key) {
  Errors errors;
  detail::collect_range_errors_of(options, key, errors);
  if (errors.empty()) return {};
  return fail(std::move(errors));
}

}  // namespace tailrace
