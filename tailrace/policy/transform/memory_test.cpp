#include "tailrace/policy/transform/memory.hpp"

#include <gtest/gtest.h>

namespace tailrace::policy {
namespace {

TEST(Memory, RefusesTheStateOfAnotherModelAndKeepsItsLength) {
  Memory large;
  large.prepare(3);
  Archive saved = Archive::writer();
  saved(large);
  Memory small;
  small.prepare(2);

  Archive archive = Archive::reader(saved.bytes());
  archive(small);

  EXPECT_FALSE(archive.ok());
  EXPECT_NE(small.at({.begin = 0, .size = 2, .in = nullptr, .scale = 1, .out = nullptr}), nullptr);
}

}  // namespace
}  // namespace tailrace::policy
