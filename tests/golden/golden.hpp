#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

/// Texts that may change only on purpose. They lie beside the tests; to write them anew, run the
/// tests with TAILRACE_UPDATE_GOLDEN=1 and look at what git shows before committing it.
namespace tailrace::testing {

inline void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(TAILRACE_SOURCE_DIR) + "/tests/golden/" + name;
  if (std::getenv("TAILRACE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, golden) << path << "\nif the change is meant, run with TAILRACE_UPDATE_GOLDEN=1";
}

}  // namespace tailrace::testing
