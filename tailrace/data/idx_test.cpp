#include "tailrace/data/idx.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "tailrace/data/gzip_test.hpp"

namespace tailrace::data {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

/// A file of unsigned bytes.
std::string idx(const std::vector<std::uint32_t>& sizes, std::string_view bytes, char type = 8) {
  std::string file = {0, 0, type, static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) file += big_endian(size);
  return file.append(bytes);
}

Error error_of(std::string_view bytes, std::size_t dimensions) {
  const Result<IdxArray> array = parse_idx(bytes, "file", dimensions);
  if (array) {
    ADD_FAILURE() << "was read without an error";
    return {};
  }
  EXPECT_TRUE(array.error().front().in_data);
  return array.error().front();
}

class IdxFolder : public ::testing::Test {
 protected:
  IdxFolder()
      : folder_(fs::path(::testing::TempDir()) /
                ("tailrace_idx_test_" + std::to_string(getpid()))) {
    fs::create_directory(folder_);
  }
  ~IdxFolder() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }

  Error error_of(const std::string& images, const std::string& labels) const {
    const auto read = read_idx_images(write("images", images), write("labels", labels));
    if (read) {
      ADD_FAILURE() << "was read without an error";
      return {};
    }
    return read.error().front();
  }

  fs::path folder_;
};

TEST(Idx, ReadsBigEndianSizesAndBytesPlainOrPacked) {
  const std::string file = idx({2, 1, 3}, "abcdef");

  const auto plain = parse_idx(file, "file", 3);
  const auto packed = parse_idx(gzip(file), "file", 3);

  ASSERT_TRUE(plain && packed);
  EXPECT_THAT(plain->sizes, ElementsAre(2, 1, 3));
  EXPECT_THAT(plain->bytes, ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
  EXPECT_EQ(packed->bytes, plain->bytes);
}

TEST(Idx, RefusesAnotherMagicNumber) {
  EXPECT_EQ(error_of("\1" + idx({1}, "a"), 1).what, "the file does not begin with two zero bytes");
  EXPECT_EQ(error_of(idx({1}, "a", 13), 1).what,
            "numbers are of type 13; only 8, unsigned bytes, is read");
  EXPECT_EQ(error_of(idx({1}, "a"), 3).what, "the array has 1 dimensions instead of 3");
  EXPECT_EQ(error_of(idx({1}, "a"), 3).where, "file, byte 3");
}

TEST(Idx, RefusesAFileThatIsCutAnywhere) {
  const std::string file = idx({2, 1, 3}, "abcdef");
  for (std::size_t size = 0; size < file.size(); ++size) {
    const Error error = error_of(file.substr(0, size), 3);
    EXPECT_EQ(error.code, "data/truncated") << size;
    EXPECT_EQ(error.where, "file, byte " + std::to_string(size));
  }
  EXPECT_EQ(error_of(gzip(file).substr(0, 20), 3).code, "data/corrupt");
}

TEST(Idx, RefusesBytesBehindTheLastNumber) {
  EXPECT_EQ(error_of(idx({2}, "abc"), 1).what, "there are bytes behind the last number");
  EXPECT_EQ(error_of(idx({2}, "abc"), 1).where, "file, byte 10");
}

TEST(Idx, RefusesSizesThatNoFileOfItsSizeCanHoldBeforeTakingMemory) {
  constexpr std::uint32_t all = 0xffffffff;

  EXPECT_THAT(error_of(idx({all, all, all}, "a"), 3).what,
              HasSubstr("sizes 4294967295 are more than a file of 17 bytes can hold"));
  EXPECT_THAT(error_of(idx({100, 100, 100}, "a"), 3).what,
              HasSubstr("sizes 100 x 100 x 100 are more"));
}

TEST_F(IdxFolder, JoinsImagesAndLabels) {
  const auto images = read_idx_images(write("i", idx({2, 2, 1}, "abcd")),
                                      write("l", gzip(idx({2}, std::string("\0\x09", 2)))));

  ASSERT_TRUE(images) << to_string(images.error());
  EXPECT_EQ(images->height, 2u);
  EXPECT_EQ(images->width, 1u);
  EXPECT_THAT(images->labels, ElementsAre(0, 9));
  EXPECT_THAT(images->image(1), ElementsAre('c', 'd'));
}

TEST_F(IdxFolder, RefusesLabelsOutOfRangeOtherCountsAndNothing) {
  const Error label = error_of(idx({2, 1, 1}, "ab"), idx({2}, "\1\x0a"));
  const Error counts = error_of(idx({2, 1, 1}, "ab"), idx({3}, "\1\1\1"));
  const Error nothing = error_of(idx({0, 28, 28}, ""), idx({0}, ""));

  EXPECT_EQ(label.what, "class 10 is not 0 to 9");
  EXPECT_EQ(label.where, (folder_ / "labels").string() + ", byte 9");
  EXPECT_EQ(counts.what, "2 images do not go with 3 labels");
  EXPECT_EQ(nothing.code, "data/empty");
}

TEST_F(IdxFolder, FindsTheFilesUnderTheNamesPeopleGiveThem) {
  write("train-images-idx3-ubyte", idx({1, 1, 1}, "a"));
  write("train-labels-idx1-ubyte.gz", gzip(idx({1}, "\1")));
  write("t10k-images.idx3-ubyte", idx({1, 1, 1}, "b"));

  const auto train = read_idx_folder(folder_, Part::train);
  const auto test = read_idx_folder(folder_, Part::test);

  ASSERT_TRUE(train) << to_string(train.error());
  EXPECT_THAT(train->labels, ElementsAre(1));
  ASSERT_FALSE(test);
  EXPECT_EQ(test.error().front().code, "data/not-found");
  EXPECT_THAT(test.error().front().what, HasSubstr("has no t10k-labels-idx1-ubyte"));
}

TEST_F(IdxFolder, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(read_idx(folder_ / "missing", 1).error().front().code, "data/unreadable");
  EXPECT_EQ(read_idx(folder_, 1).error().front().code, "data/unreadable");
}

}  // namespace
}  // namespace tailrace::data
