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

/// "an assigner", "a delay model".
[[nodiscard]] inline std::string with_article(std::string_view noun) {
  const bool vowel =
      !noun.empty() && std::string_view("aeiou").find(noun.front()) != std::string_view::npos;
  return (vowel ? "an " : "a ") + std::string(noun);
}

}  // namespace tailrace::spec
