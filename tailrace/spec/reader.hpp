#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/core/field_range.hpp"
#include "tailrace/core/time.hpp"
#include "tailrace/spec/findings.hpp"
#include "tailrace/spec/kinds.hpp"
#include "tailrace/spec/node.hpp"

namespace tailrace::spec {

/// Values that have a text form of their own, such as a bandwidth.
template <class T>
concept ReadsFromText = requires(std::string_view text) {
  { T::parse(text) } -> std::same_as<std::optional<T>>;
};

/// Components that a bare number can mean: it goes to their first option.
template <class T>
concept FromNumber = requires {
  T::from_number;
};

/// Tables that a bare value can mean: it goes to their first option.
template <class T>
concept FromFirst = requires {
  T::from_first;
};

/// The component of a choice that a table without a kind means.
template <class T>
concept WithoutKind = requires {
  T::without_kind;
};

/// Which option is being read.
///
///   path   "method[0].then[1].beta": for people to find it
///   owner  "momentum": the component or table it belongs to
///   key    "beta"
struct At {
  std::string path;
  std::string owner;
  std::string key;

  [[nodiscard]] At option(std::string_view new_owner, std::string_view new_key) const {
    return {.path = path.empty() ? std::string(new_key) : path + '.' + std::string(new_key),
            .owner = std::string(new_owner),
            .key = std::string(new_key)};
  }
  [[nodiscard]] At element(std::size_t index) const {
    return {.path = path + '[' + std::to_string(index) + ']', .owner = owner, .key = key};
  }
  /// "momentum.beta"
  [[nodiscard]] std::string label() const {
    return owner.empty() || owner == key ? key : owner + '.' + key;
  }
};

/// Fills structs of options from nodes by the declarations in their `fields`, and collects
/// everything that is wrong. What cannot be read keeps its default.
class Reader {
 public:
  explicit Reader(Findings& findings) : findings_(findings) {}

  /// Reads a table of options. `reserved` are keys that somebody else reads.
  template <HasFields T>
  void options(const Node& node, T& out, const At& at,
               std::span<const std::string_view> reserved = {}) {
    if (node.table() == nullptr) {
      if constexpr (FromFirst<T>) return first_option(node, out, at);
      return wrong_type(node, "a table", at);
    }
    std::vector<std::string_view> known(reserved.begin(), reserved.end());
    T::fields(out, [&](std::string_view key, auto& value, const Field& field) {
      known.push_back(key);
      const At here = at.option(owner_of<T>(at), key);
      if (const Node* written = node.find(key)) {
        read(*written, value, field, here);
      } else if (field.required) {
        missing(node, field, here);
      }
    });
    unknown_keys(node, known, owner_of<T>(at), at);
  }

  /// Reads a value of any type that Field knows.
  template <class T>
  void read(const Node& node, T& out, const Field& field, const At& at) {
    if constexpr (std::is_same_v<T, bool>) {
      flag(node, out, at);
    } else if constexpr (std::is_integral_v<T>) {
      if (const auto number = whole(node, limited<T>(field), at)) out = static_cast<T>(*number);
    } else if constexpr (std::is_floating_point_v<T>) {
      number(node, out, field, at);
    } else if constexpr (std::is_same_v<T, std::string>) {
      text(node, out, at);
    } else if constexpr (std::is_same_v<T, Time>) {
      time(node, out, field, at);
    } else if constexpr (ReadsFromText<T>) {
      if (const std::string* written = text_of(node, at)) {
        if (const auto parsed = T::parse(*written)) {
          out = *parsed;
        } else {
          not_a_value(node, *written, field, at);
        }
      }
    } else if constexpr (NamedEnum<T>) {
      named(node, out, at);
    } else if constexpr (detail::IsList<T>::value) {
      list(node, out, field, at);
    } else if constexpr (detail::IsOptional<T>::value) {
      if (!out) out.emplace();
      read(node, *out, field, at);
    } else if constexpr (detail::IsChoice<T>::value) {
      choice(node, out, at);
    } else {
      options(node, out, at);
    }
  }

  /// A component's name that is in none of the catalog's lists.
  void unknown_name(const Node& node, const std::string& name,
                    std::span<const std::string_view> names, const KindInfo& kind, const At& at);
  void wrong_type(const Node& node, std::string_view needed, const At& at);

 private:
  /// How a choice may be written, as the type says.
  struct ChoiceInfo {
    KindInfo kind;
    std::span<const std::string_view> names;
    std::optional<std::size_t> from_number;     ///< the only component a bare number can mean
    std::optional<std::size_t> without_kind;    ///< what a table without a kind means
    std::vector<std::string_view> its_options;  ///< the options of that component
  };
  /// What was chosen, and the node with its options.
  struct Picked {
    std::size_t index = 0;
    const Node* options = nullptr;  ///< null: none were written
    std::string_view inside = {};   ///< key that holds the options, if not the table itself
  };

  template <class T>
  static std::string owner_of(const At& at) {
    if constexpr (Component<T>) return std::string(T::name);
    return at.key;
  }

  /// The field's range without what the type cannot hold.
  template <class T>
  static Field limited(Field field) {
    const auto low = static_cast<double>(std::numeric_limits<T>::min());
    if (field.min < low) {
      field.min = low;
      field.above_min = false;
    }
    if constexpr (sizeof(T) < sizeof(std::int64_t)) {
      const auto high = static_cast<double>(std::numeric_limits<T>::max());
      if (field.max > high) {
        field.max = high;
        field.below_max = false;
      }
    }
    return field;
  }

  template <class T>
  void list(const Node& node, std::vector<T>& out, const Field& field, const At& at) {
    const Node::Array* items = node.array();
    if (items == nullptr) return wrong_type(node, "a list", at);
    out.assign(items->size(), T{});
    for (std::size_t i = 0; i < items->size(); ++i) {
      read((*items)[i], out[i], field, at.element(i));
    }
  }

  template <NamedEnum T>
  void named(const Node& node, T& out, const At& at) {
    constexpr auto& values = EnumNames<T>::values;
    std::array<std::string_view, values.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = values[i].first;
    if (const auto index = one_of(node, names, at)) out = values[*index].second;
  }

  template <class... Ts>
  void choice(const Node& node, std::variant<Ts...>& out, const At& at) {
    static constexpr std::array<std::string_view, sizeof...(Ts)> names = {Ts::name...};
    const ChoiceInfo info{.kind = kind_of<std::variant<Ts...>>(at.key),
                          .names = names,
                          .from_number = only_from_number<Ts...>(),
                          .without_kind = without_kind<Ts...>(),
                          .its_options = options_without_kind<Ts...>()};
    const std::optional<Picked> picked = pick(node, info, at);
    if (!picked) return;
    std::size_t index = 0;
    ((index++ == picked->index ? component(node, *picked, out.template emplace<Ts>(), at) : void()),
     ...);
  }

  template <class T>
  void component(const Node& node, const Picked& picked, T& out, const At& at) {
    At here = at;
    if (!picked.inside.empty()) here = at.option(T::name, picked.inside);
    if (picked.options == nullptr) {
      options(Node{.value = Node::Table{}, .place = node.place}, out, here);
    } else if (picked.options->table() == nullptr) {
      if constexpr (FromNumber<T>) return first_option(*picked.options, out, here);
      wrong_type(*picked.options, "a table", here);
    } else if (!picked.inside.empty() && is_value_of_only_option<T>(*picked.options)) {
      first_option(*picked.options, out, here);
    } else {
      static constexpr std::array<std::string_view, 1> kind = {"kind"};
      options(*picked.options, out, here, std::span(kind).first(picked.inside.empty() ? 1 : 0));
    }
  }

  /// A bare value stands for the first option.
  template <class T>
  void first_option(const Node& node, T& out, const At& at) {
    bool first = true;
    T::fields(out, [&](std::string_view /*key*/, auto& value, const Field& field) {
      if (std::exchange(first, false)) read(node, value, field, at);
    });
  }

  /// Whether a table stands for the only option of a component, a choice, instead of naming it:
  /// `{ scale_by_staleness = { exponent = 0.5 } }`.
  template <class T>
  static bool is_value_of_only_option(const Node& table) {
    std::size_t options = 0;
    bool choice = false;
    const T defaults{};
    T::fields(defaults, [&]<class V>(std::string_view key, const V& /*value*/, const Field&) {
      ++options;
      choice = detail::IsChoice<V>::value && table.find(key) == nullptr;
    });
    return options == 1 && choice;
  }

  template <class... Ts>
  static std::optional<std::size_t> only_from_number() {
    std::optional<std::size_t> found;
    std::size_t count = 0;
    std::size_t index = 0;
    const auto look = [&]<class T>() {
      if constexpr (FromNumber<T>) {
        ++count;
        found = index;
      }
      ++index;
    };
    (look.template operator()<Ts>(), ...);
    return count == 1 ? found : std::nullopt;
  }

  template <class... Ts>
  static std::optional<std::size_t> without_kind() {
    std::optional<std::size_t> found;
    std::size_t index = 0;
    const auto look = [&]<class T>() {
      if constexpr (WithoutKind<T>) found = index;
      ++index;
    };
    (look.template operator()<Ts>(), ...);
    return found;
  }

  template <class... Ts>
  static std::vector<std::string_view> options_without_kind() {
    std::vector<std::string_view> keys;
    const auto look = [&]<class T>() {
      if constexpr (WithoutKind<T>) {
        const T defaults{};
        T::fields(defaults,
                  [&](std::string_view key, const auto&, const Field&) { keys.push_back(key); });
      }
    };
    (look.template operator()<Ts>(), ...);
    return keys;
  }

  void flag(const Node& node, bool& out, const At& at);
  std::optional<std::int64_t> whole(const Node& node, const Field& field, const At& at);
  void number(const Node& node, double& out, const Field& field, const At& at);
  void time(const Node& node, Time& out, const Field& field, const At& at);
  void text(const Node& node, std::string& out, const At& at);
  const std::string* text_of(const Node& node, const At& at);
  std::optional<std::size_t> one_of(const Node& node, std::span<const std::string_view> names,
                                    const At& at);
  std::optional<Picked> pick(const Node& node, const ChoiceInfo& info, const At& at);
  std::optional<Picked> pick_from_table(const Node& node, const ChoiceInfo& info, const At& at);

  bool in_range(const Node& node, double value, const std::string& shown, const Field& field,
                const At& at);
  void missing(const Node& node, const Field& field, const At& at);
  void not_a_value(const Node& node, const std::string& written, const Field& field, const At& at);
  void unknown_keys(const Node& node, const std::vector<std::string_view>& known,
                    const std::string& owner, const At& at);

  Findings& findings_;
};

/// "at least 0 and less than 1": a field's range in words.
[[nodiscard]] std::string range_in_words(const Field& field);

}  // namespace tailrace::spec
