#pragma once

namespace tailrace {

/// Ends the program with the condition and its place: a mistake of ours, never of the user's input.
[[noreturn]] void fail_check(const char* condition, const char* file, int line);

}  // namespace tailrace

/// States an invariant. On in every build: it costs a predictable branch.
#define TAILRACE_CHECK(condition) \
  ((condition) ? void() : ::tailrace::fail_check(#condition, __FILE__, __LINE__))
