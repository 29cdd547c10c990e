#pragma once

#include <fmt/format.h>

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "tailrace/core/result.hpp"

namespace tailrace::cli {

/// What an exception's text says in one line: the first, after which LibTorch tells its own calls;
/// the last where it is the trace of a script, whose reason comes last.
[[nodiscard]] inline std::string headline(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const bool script = text.find("Traceback of TorchScript") != std::string_view::npos;
  const std::size_t end = text.find_last_not_of(space);
  if (end == std::string_view::npos) return "it does not say why";
  text = text.substr(0, end + 1);
  text.remove_prefix(text.find_first_not_of(space));
  text = script ? text.substr(text.rfind('\n') + 1) : text.substr(0, text.find('\n'));
  return std::string(text);
}

/// The error that an exception amounts to; called where one is being handled.
[[nodiscard]] inline Error error_of_exception(const std::string& where) {
  const auto failed = [&](std::string_view text) -> Error {
    return {.code = "problem/failed",
            .what = fmt::format("computing failed: {}", headline(text)),
            .where = where,
            .fix = "look at the options of the problem and, if the model is your own, at its code"};
  };
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {.code = "cli/out-of-memory",
            .what = "there is not enough memory",
            .where = where,
            .fix =
                "choose a smaller problem or fewer workers; or fewer runs at the same "
                "time: --threads 1"};
  } catch (const std::system_error& error) {
    return {.code = "cli/system",
            .what = fmt::format("the system refused: {}", error.what()),
            .where = where,
            .fix = "check the disk, the permissions and the limits (ulimit -a)"};
  } catch (const std::exception& error) {
    return failed(error.what());
  } catch (...) {
    return failed({});
  }
}

/// Does something and makes what it throws an error, so that a thread or the program ends in
/// order: memory that cannot be had, files and threads that the system refuses, and what the code
/// of a problem throws, or of a library that it calls.
///
///   function  () -> Result<T>
///   where     what it belongs to, for the error; may be empty
///
/// Errors  those of the function; cli/out-of-memory, cli/system, problem/failed.
template <class Function>
[[nodiscard]] auto guarded(const std::string& where, Function&& function) -> decltype(function()) {
  try {
    return std::forward<Function>(function)();
  } catch (...) {
    return fail(error_of_exception(where));
  }
}

}  // namespace tailrace::cli
