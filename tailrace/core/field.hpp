#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace tailrace {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// The one declaration of an option: it feeds the parser, the range check, "did you mean",
/// `explain` and the docs. A struct with options lists them beside its members:
///
///     static void fields(auto& self, auto&& field) {
///       field("exponent", self.exponent, Field{.min = 0, .doc = "0 switches it off"});
///     }
///
/// `self` may be const; the default is what a default-constructed struct holds. Members may be
/// bool, integers, double, std::string, Time, quantities with a unit (see Quantity), enums with
/// EnumNames, structs with fields, std::variant of components (see Component), std::optional and
/// std::vector of all these.
struct Field {
  std::string_view unit = "1";  ///< "1" for plain numbers, "s", "steps", "jobs", "bytes/s", ...
  double min = -infinity;
  double max = infinity;
  bool above_min = false;  ///< min itself is not allowed
  bool below_max = false;  ///< max itself is not allowed
  bool required = false;   ///< the user must set it
  std::string_view doc = {};

  [[nodiscard]] constexpr bool allows(double x) const {
    // Written so that NaN is refused.
    return (above_min ? x > min : x >= min) && (below_max ? x < max : x <= max);
  }
};

/// A value written with its unit, such as "100Mbit/s". A free to_string writes what parse reads.
template <class T>
concept Quantity = requires(std::string_view text, const T& value) {
  { T::parse(text) } -> std::same_as<std::optional<T>>;
  { to_string(value) } -> std::same_as<std::string>;
};

/// Names of an enum's values, specialized beside the enum:
///     template <>
///     struct EnumNames<Who> {
///       static constexpr std::array values = {std::pair{"sender", Who::sender}};
///     };
template <class Enum>
struct EnumNames;

template <class Enum>
concept NamedEnum = std::is_enum_v<Enum> && requires {
  EnumNames<Enum>::values;
};

template <NamedEnum Enum>
constexpr std::string_view name_of(Enum value) {
  for (const auto& [name, candidate] : EnumNames<Enum>::values) {
    if (candidate == value) return name;
  }
  return "?";
}

/// A struct with options.
template <class T>
concept HasFields = requires(T& t) {
  T::fields(t, [](std::string_view, auto&, const Field&) {});
};

/// A component an experiment file can name: it has a name, a one-line summary and options.
///
/// A choice among several is a std::variant of components; in a file it reads
/// `{ kind = "pareto", tail_index = 1.5 }`, or `"pareto"` alone for all defaults, or, where the
/// component says `static constexpr bool from_number = true`, a bare number for its first field.
template <class T>
concept Component = HasFields<T> && requires {
  { T::name } -> std::convertible_to<std::string_view>;
  { T::summary } -> std::convertible_to<std::string_view>;
};

/// The entries of a catalog.
template <class... Ts>
struct TypeList {
  using Choice = std::variant<Ts...>;
  static constexpr std::size_t size = sizeof...(Ts);

  /// Calls visit.template operator()<T>() for every entry.
  static constexpr void each(auto&& visit) { (visit.template operator()<Ts>(), ...); }
};

}  // namespace tailrace
