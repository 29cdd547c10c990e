#include "tailrace/core/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

namespace tailrace {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class WholeFile : public ::testing::Test {
 protected:
  WholeFile()
      : folder_(std::filesystem::path(::testing::TempDir()) /
                ("tailrace_file_test_" + std::to_string(getpid()))) {
    std::filesystem::create_directory(folder_);
  }
  ~WholeFile() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

  std::filesystem::path folder_;
};

TEST_F(WholeFile, IsReadBackAndReplacedAtOnce) {
  ASSERT_TRUE(write_whole(file("x"), bytes_of("a longer first text")));

  ASSERT_TRUE(write_whole(file("x"), bytes_of("second")));

  EXPECT_EQ(text_of(read_whole(file("x")).value()), "second");
  EXPECT_FALSE(std::filesystem::exists(file("x.partial")));
}

TEST_F(WholeFile, JoinsItsPieces) {
  const std::array pieces = {bytes_of("one, "), bytes_of(""), bytes_of("two")};

  ASSERT_TRUE(write_whole(file("x"), pieces));

  EXPECT_EQ(text_of(read_whole(file("x")).value()), "one, two");
}

TEST_F(WholeFile, MayBeEmpty) {
  ASSERT_TRUE(write_whole(file("empty"), bytes_of("")));

  EXPECT_TRUE(read_whole(file("empty")).value().empty());
}

TEST_F(WholeFile, MayBeForItsOwnerAloneWhateverACrashLeftBesideIt) {
  ASSERT_TRUE(write_whole(file("key.partial"), bytes_of("readable by all")));

  ASSERT_TRUE(write_whole(file("key"), bytes_of("secret"), Readers::owner));

  EXPECT_EQ(std::filesystem::status(file("key")).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(text_of(read_whole(file("key")).value()), "secret");
}

TEST_F(WholeFile, KeepsTheOldOneWhenTheDiskIsFull) {
  ASSERT_TRUE(write_whole(file("x"), bytes_of("old")));
  std::filesystem::create_symlink("/dev/full", file("x.partial"));

  const Status written = write_whole(file("x"), bytes_of("new"));

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().front().code, "core/disk-full");
  EXPECT_EQ(text_of(read_whole(file("x")).value()), "old");
}

TEST_F(WholeFile, ExplainsWhatCannotBeReadOrWritten) {
  const auto missing = read_whole(file("missing"));
  const auto folder = read_whole(folder_.string());
  const auto nowhere = write_whole(file("no/such/file"), bytes_of("x"));

  ASSERT_FALSE(missing || folder || nowhere);
  EXPECT_EQ(missing.error().front().where, file("missing"));
  EXPECT_EQ(missing.error().front().what, "cannot open the file: No such file or directory");
  EXPECT_EQ(folder.error().front().what, "cannot read the file: Is a directory");
  EXPECT_EQ(nowhere.error().front().code, "core/io");
}

}  // namespace
}  // namespace tailrace
