#include "tailrace/data/safetensors_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

namespace tailrace::data {
namespace {

constexpr std::size_t offset_of_text = 8;
constexpr std::size_t dimensions_max = 64;
constexpr std::size_t shown_max = 60;

std::optional<NumberFormat> format_of(std::string_view name) {
  for (const auto& [known, format] : EnumNames<NumberFormat>::values) {
    if (name == known) return format;
  }
  return std::nullopt;
}

/// Takes the parser's events one by one, so that a header of any other form stops it at once: no
/// tree of a hostile header ever stands in memory.
class HeaderReader {
 public:
  using Json = nlohmann::json;

  bool start_object(std::size_t) {
    switch (place_) {
      case Place::front:
        place_ = Place::names;
        return true;
      case Place::name:
        place_ = name_ == metadata_name ? Place::notes : Place::keys;
        if (place_ == Place::keys) begin_entry();
        return true;
      default:
        return refuse("an object where none belongs");
    }
  }

  bool key(std::string& text) {
    switch (place_) {
      case Place::names:
        name_ = text;
        place_ = Place::name;
        if (!names_.insert(text).second) {
          return refuse(fmt::format("the name \"{}\" occurs twice", shown(text)));
        }
        return true;
      case Place::notes:
        note_ = text;
        place_ = Place::note;
        if (header_.metadata.contains(text)) {
          return refuse(fmt::format("the note \"{}\" occurs twice", shown(text)));
        }
        return true;
      default:
        return begin_value(text);
    }
  }

  bool string(std::string& text) {
    if (place_ == Place::note) {
      header_.metadata.emplace(note_, text);
      place_ = Place::notes;
      return true;
    }
    if (place_ != Place::dtype) return refuse("a text where none belongs");
    const std::optional<NumberFormat> format = format_of(text);
    if (!format) {
      return refuse(fmt::format(
          "tensor \"{}\" has the dtype \"{}\"; read are F32, F64, F16, BF16, I64, I32 and U8",
          shown(name_), shown(text)));
    }
    entry().format = *format;
    place_ = Place::keys;
    return true;
  }

  bool start_array(std::size_t) {
    if (place_ == Place::shape) {
      place_ = Place::sizes;
    } else if (place_ == Place::data_offsets) {
      place_ = Place::offsets;
    } else {
      return refuse("a list where none belongs");
    }
    return true;
  }

  bool number_unsigned(std::uint64_t number) {
    if (place_ == Place::sizes) {
      if (entry().shape.size() == dimensions_max) {
        return refuse(
            fmt::format("tensor \"{}\" has more than {} dimensions", shown(name_), dimensions_max));
      }
      entry().shape.push_back(number);
      return true;
    }
    if (place_ != Place::offsets || offsets_ == 2) return refuse("a number where none belongs");
    (offsets_ == 0 ? entry().begin : entry().end) = number;
    ++offsets_;
    return true;
  }

  bool end_array() {
    if (place_ == Place::offsets && offsets_ != 2) {
      return refuse(fmt::format("data_offsets of \"{}\" are not two numbers", shown(name_)));
    }
    place_ = Place::keys;
    return true;
  }

  bool end_object() {
    if (place_ == Place::keys && (!has_dtype_ || !has_shape_ || !has_offsets_)) {
      return refuse(fmt::format("tensor \"{}\" lacks its {}", shown(name_),
                                !has_dtype_   ? "dtype"
                                : !has_shape_ ? "shape"
                                              : "data_offsets"));
    }
    place_ = place_ == Place::names ? Place::behind : Place::names;
    return true;
  }

  bool null() { return refuse("null where it does not belong"); }
  bool boolean(bool) { return refuse("true or false where it does not belong"); }
  bool number_integer(std::int64_t) { return refuse("a negative number"); }
  bool number_float(double, const std::string&) {
    return refuse("a number that is not whole or too large");
  }
  bool binary(Json::binary_t&) { return refuse("bytes where none belong"); }

  bool parse_error(std::size_t position, const std::string& token, const Json::exception&) {
    position_ = position;
    return refuse(fmt::format("the header is not JSON near \"{}\"", shown(token)));
  }

  [[nodiscard]] bool finished() const { return place_ == Place::behind; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// In the text, where the parser knows it.
  [[nodiscard]] std::optional<std::size_t> position() const { return position_; }
  Header take() { return std::move(header_); }

 private:
  /// Where the next event belongs.
  enum class Place {
    front,
    names,  ///< the tensors' names
    name,   ///< behind a name
    notes,  ///< the notes' keys
    note,   ///< behind a note's key
    keys,   ///< the keys of one tensor
    dtype,  ///< behind that key, and so on
    shape,
    data_offsets,
    sizes,  ///< in the shape's list
    offsets,
    behind,
  };

  bool refuse(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }

  HeaderEntry& entry() { return header_.entries.back(); }

  void begin_entry() {
    header_.entries.push_back({.name = name_});
    has_dtype_ = has_shape_ = has_offsets_ = false;
    offsets_ = 0;
  }

  bool begin_value(std::string_view key) {
    const auto begin = [&](bool& has, Place place) {
      if (std::exchange(has, true)) {
        return refuse(fmt::format("tensor \"{}\" has \"{}\" twice", shown(name_), key));
      }
      place_ = place;
      return true;
    };
    if (key == "dtype") return begin(has_dtype_, Place::dtype);
    if (key == "shape") return begin(has_shape_, Place::shape);
    if (key == "data_offsets") return begin(has_offsets_, Place::data_offsets);
    return refuse(
        fmt::format("tensor \"{}\" has the unknown key \"{}\"", shown(name_), shown(key)));
  }

  Header header_;
  std::set<std::string> names_;
  Place place_ = Place::front;
  std::string name_;
  std::string note_;
  bool has_dtype_ = false;
  bool has_shape_ = false;
  bool has_offsets_ = false;
  int offsets_ = 0;
  std::string reason_;
  std::optional<std::size_t> position_;
};

}  // namespace

std::string shown(std::string_view text) {
  std::string result;
  for (const char c : text.substr(0, shown_max)) result += c >= ' ' && c <= '~' ? c : '?';
  return result + (text.size() > shown_max ? "..." : "");
}

std::string_view name_of(NumberFormat format) {
  for (const auto& [name, known] : EnumNames<NumberFormat>::values) {
    if (format == known) return name;
  }
  return "";
}

Result<Header> read_header(std::string_view text, const std::string& file) {
  HeaderReader reader;
  const bool accepted = nlohmann::json::sax_parse(text, &reader);
  if (accepted && reader.finished()) return reader.take();
  return fail({.code = "data/malformed",
               .what = reader.reason().empty() ? "the header is not an object" : reader.reason(),
               .where = reader.position()
                            ? fmt::format("{}, byte {}", file, offset_of_text + *reader.position())
                            : fmt::format("{}, header", file),
               .fix = "copy or download the file again, or write it with the safetensors library",
               .in_data = true});
}

}  // namespace tailrace::data
