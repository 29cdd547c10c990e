#include "tailrace/core/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace tailrace {

void fail_check(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, condition);
  std::abort();
}

}  // namespace tailrace
