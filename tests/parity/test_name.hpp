#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <string>

#include "tests/named_methods.hpp"

namespace tailrace::testing {

/// What a test of this method is called: letters, digits and underscores alone.
inline std::string test_name(const ::testing::TestParamInfo<NamedMethod>& info) {
  std::string name;
  for (const char letter : info.param.name) {
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0) name += letter;
    if (letter == ' ' || letter == '_') name += '_';
  }
  return name;
}

}  // namespace tailrace::testing
