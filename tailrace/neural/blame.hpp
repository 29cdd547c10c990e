#pragma once

#include <string_view>
#include <utility>

#include "tailrace/core/result.hpp"

namespace tailrace::neural {

/// Errors of something that one option of a problem names, with that option's key.

/// Of a component and its own options: "patch" becomes "model.patch".
[[nodiscard]] inline tl::unexpected<Errors> fail_at(std::string_view key, Errors errors) {
  for (Error& error : errors) {
    if (error.in_data) continue;
    error.where = std::string(key) + (error.where.empty() ? "" : "." + error.where);
  }
  return fail(std::move(errors));
}

/// Of files: a place in one of them stays, what has none gets the key.
[[nodiscard]] inline tl::unexpected<Errors> fail_in_data(std::string_view key, Errors errors) {
  for (Error& error : errors) {
    if (error.where.empty()) {
      error.where = key;
    } else {
      error.in_data = true;
    }
  }
  return fail(std::move(errors));
}

}  // namespace tailrace::neural
