#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "tailrace/core/field.hpp"

namespace tailrace::policy {

/// What a clipping rule looks at: the whole vector's norm, or every coordinate by itself.
enum class ClipForm { norm, coordinates };

}  // namespace tailrace::policy

namespace tailrace {
template <>
struct EnumNames<policy::ClipForm> {
  static constexpr std::array values = {
      std::pair{std::string_view("norm"), policy::ClipForm::norm},
      std::pair{std::string_view("coordinates"), policy::ClipForm::coordinates}};
};
}  // namespace tailrace
