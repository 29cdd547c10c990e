#pragma once

#include <fmt/format.h>

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "tailrace/core/result.hpp"

namespace tailrace::cli {

/// Does something and makes what it throws an error, so that a thread or the program ends in
/// order: memory that cannot be had, files and threads that the system refuses.
///
///   function  () -> Result<T>
///   where     what it belongs to, for the error; may be empty
///
/// Errors  those of the function; cli/out-of-memory, cli/system.
template <class Function>
[[nodiscard]] auto guarded(const std::string& where, Function&& function) -> decltype(function()) {
  try {
    return std::forward<Function>(function)();
  } catch (const std::bad_alloc&) {
    return fail({.code = "cli/out-of-memory",
                 .what = "there is not enough memory",
                 .where = where,
                 .fix = "choose a smaller problem or fewer workers; or fewer runs at the same "
                        "time: --threads 1"});
  } catch (const std::exception& error) {
    return fail({.code = "cli/system",
                 .what = fmt::format("the system refused: {}", error.what()),
                 .where = where,
                 .fix = "check the disk, the permissions and the limits (ulimit -a)"});
  }
}

}  // namespace tailrace::cli
