#include "tests/tidy/tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace tailrace::tidy {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(ReadTree, TakesTextAndLeavesBuildsRunsAndBinaries) {
  const std::filesystem::path root = std::filesystem::path(testing::TempDir()) /
                                     ("tailrace_read_tree_" + std::to_string(getpid()));
  std::filesystem::remove_all(root);
  for (const char* folder : {"a", "build", ".git", ".ci"})
    std::filesystem::create_directories(root / folder);
  std::ofstream(root / "a/text.md") << "hello\n";
  std::ofstream(root / "a/binary") << '\0';
  std::ofstream(root / "build/log.md") << "left out\n";
  std::ofstream(root / ".git/config") << "left out\n";
  std::ofstream(root / ".ci/run") << "kept\n";

  const Tree tree = read_tree(root);

  EXPECT_THAT(tree, ElementsAre(Pair(".ci/run", "kept\n"), Pair("a/text.md", "hello\n")));
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace tailrace::tidy
