#include <cstdio>

#include "tailrace/core/time.hpp"

int main() {
  const auto time = tailrace::parse_time("90s");
  return time && std::printf("%s\n", tailrace::to_string(*time).c_str()) > 0 ? 0 : 1;
}
