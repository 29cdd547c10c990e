#pragma once

#include <string>
#include <string_view>

namespace tailrace::spec {

/// "a, b, c": the texts of a list with something between them.
template <class Texts>
[[nodiscard]] std::string joined(const Texts& texts, std::string_view separator) {
  std::string all;
  bool first = true;
  for (const std::string_view text : texts) {
    if (!first) all += separator;
    first = false;
    all += text;
  }
  return all;
}

}  // namespace tailrace::spec
