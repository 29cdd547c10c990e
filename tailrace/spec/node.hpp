#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tailrace::spec {

/// Where a piece of an experiment was written: a line of a file, or an option of the command line
/// (line 0).
struct Place {
  std::shared_ptr<const std::string> source;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  /// "fig4.toml:15:3", "--set workers.count=0", or "" for a value that nobody wrote.
  [[nodiscard]] std::string to_string() const;
};

struct Entry;

/// A value of an experiment file with its place: what remains of TOML after reading.
///
/// Tables keep the order in which their keys were written, so that errors and resolved files read
/// like the original.
struct Node {
  struct Date {  ///< a date or time of day, as written: valid TOML that no option takes
    std::string text;
  };
  using Array = std::vector<Node>;
  using Table = std::vector<Entry>;

  std::variant<Table, Array, std::string, std::int64_t, double, bool, Date> value;
  Place place;

  [[nodiscard]] const Table* table() const { return std::get_if<Table>(&value); }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&value); }
  [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&value); }

  /// The value of a key; null if this is no table or has no such key.
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] Node* find(std::string_view key);

  /// `the text "four"`, `the number 4.5`, `a table`: for messages.
  [[nodiscard]] std::string describe() const;
};

/// A double as TOML writes it: with a decimal point or an exponent, or inf or nan.
[[nodiscard]] std::string number_text(double number);

struct Entry {
  std::string key;
  Place place;  ///< of the key
  Node node;
};

/// Adds a key or replaces its value.
void assign(Node::Table& table, Entry entry);

/// One step of a path such as  method[0].step_size : a key, or a number in brackets.
struct PathStep {
  std::string key;        ///< empty for a number
  std::size_t index = 0;  ///< when key is empty
};

/// The steps of a path, in order; nothing but an empty list if it is not a path.
[[nodiscard]] std::vector<PathStep> parse_path(std::string_view path);

/// The place of a path, or of the nearest value around it that was written.
[[nodiscard]] Place place_of(const Node& root, std::string_view path);

/// Whether a path of these steps was written, all the way.
[[nodiscard]] bool has_path(const Node& root, std::string_view path);

/// "file:line:column  path", as in the second line of an error.
[[nodiscard]] std::string where(const Place& place, std::string_view path);

}  // namespace tailrace::spec
