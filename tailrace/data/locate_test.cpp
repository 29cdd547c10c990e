#include "tailrace/data/locate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

namespace tailrace::data {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// Sets TAILRACE_DATA to a fresh folder and puts everything back afterwards.
class Locate : public ::testing::Test {
 protected:
  Locate() {
    if (const char* old = std::getenv("TAILRACE_DATA")) old_ = old;
    fs::create_directories(folder_ / "libsvm");
    setenv("TAILRACE_DATA", folder_.c_str(), 1);
  }
  ~Locate() override {
    fs::remove_all(folder_);
    old_ ? setenv("TAILRACE_DATA", old_->c_str(), 1) : unsetenv("TAILRACE_DATA");
  }

  fs::path file(const fs::path& name) const {
    std::ofstream(folder_ / name) << "1 1:1\n";
    return folder_ / name;
  }

  fs::path folder_ =
      fs::path(::testing::TempDir()) / ("tailrace_locate_test_" + std::to_string(getpid()));
  std::optional<std::string> old_;
};

TEST_F(Locate, TakesAPathAsItIs) {
  const fs::path path = file("some.txt");

  EXPECT_EQ(locate(path.string()).value(), path);
}

TEST_F(Locate, FindsANameInTheDataFolderItsLibsvmFolderAndPacked) {
  const fs::path direct = file("tailrace_one");
  const fs::path nested = file("libsvm/tailrace_two");
  const fs::path packed = file("libsvm/tailrace_three.gz");

  EXPECT_EQ(locate("tailrace_one").value(), direct);
  EXPECT_EQ(locate("tailrace_two").value(), nested);
  EXPECT_EQ(locate("tailrace_three").value(), packed);
}

TEST_F(Locate, ListsTheFoldersItSearchedForANameItDoesNotFind) {
  const auto found = locate("tailrace_none");

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().front().code, "data/not-found");
  for (const fs::path& searched : data_folders()) {
    EXPECT_THAT(found.error().front().what, HasSubstr(searched.string()));
  }
}

TEST_F(Locate, DoesNotSearchForAPathWithFoldersNorForAnEmptyName) {
  file("libsvm/tailrace_two");

  EXPECT_EQ(locate("nowhere/tailrace_two").error().front().what,
            "there is no file \"nowhere/tailrace_two\"");
  EXPECT_EQ(locate("").error().front().code, "data/not-found");
  EXPECT_FALSE(locate(folder_.string()));  // a folder is no data set
}

TEST_F(Locate, RefusesPipesAndFolders) {
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);

  EXPECT_EQ(locate(pipe.string()).error().front().code, "data/not-a-file");
  EXPECT_EQ(locate(folder_.string()).error().front().code, "data/not-a-file");
}

}  // namespace
}  // namespace tailrace::data
