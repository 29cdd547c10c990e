#pragma once

#include <cstddef>
#include <string>

namespace tailrace {

/// 1234567 as "1,234,567".
[[nodiscard]] inline std::string with_commas(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

}  // namespace tailrace
