#include "tailrace/core/field_range.hpp"

#include <fmt/core.h>

namespace tailrace {

std::string range_of(const Field& field) {
  return fmt::format("{}{}, {}{}", field.above_min ? '(' : '[', field.min, field.max,
                     field.below_max ? ')' : ']');
}

Error out_of_range(const Field& field, const std::string& key, double value) {
  return {.code = "spec/out-of-range",
          .what = fmt::format("{} = {} is outside {}", key, value, range_of(field)),
          .where = key,
          .fix = std::string(field.doc)};
}

}  // namespace tailrace
