#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tailrace::spec {

/// How many letters have to be added, dropped, replaced or swapped with their neighbor to turn one
/// word into the other (optimal string alignment). Letters count as bytes, case does not count.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The name that was most likely meant: the nearest one within a third of the word's length (at
/// least one letter), or else the only one that begins with the word. Ties go to the first.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> names);

/// `did you mean "clip_norm"?` or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string_view> names);

}  // namespace tailrace::spec
