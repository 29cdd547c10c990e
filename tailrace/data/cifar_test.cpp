#include "tailrace/data/cifar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tailrace/data/gzip_test.hpp"

namespace tailrace::data {
namespace {

namespace fs = std::filesystem;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A record of CIFAR-10 whose red, green and blue planes have these shades all over.
std::string record(char label, char red, char green, char blue) {
  return std::string(1, label) + std::string(1024, red) + std::string(1024, green) +
         std::string(1024, blue);
}

std::string gray(char label) { return record(label, 1, 1, 1); }

Error error_of(std::string_view bytes) {
  const Result<Images> images = parse_cifar10(bytes, "file");
  if (images) {
    ADD_FAILURE() << "was read without an error";
    return {};
  }
  EXPECT_TRUE(images.error().front().in_data);
  return images.error().front();
}

class CifarFolder : public ::testing::Test {
 protected:
  CifarFolder()
      : folder_(fs::path(::testing::TempDir()) /
                ("tailrace_cifar_test_" + std::to_string(getpid()))) {
    fs::create_directory(folder_);
  }
  ~CifarFolder() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }

  fs::path folder_;
};

TEST(Cifar, ReadsTheLabelAndThreePlanesOfEveryRecord) {
  const auto images = parse_cifar10(record(3, 10, 20, 30) + record(9, 1, 2, '\xff'), "file");

  ASSERT_TRUE(images) << to_string(images.error());
  EXPECT_THAT(images->labels, ElementsAre(3, 9));
  EXPECT_EQ(images->classes, 10u);
  EXPECT_THAT(images->image(0).first(1024), Each(10));
  EXPECT_THAT(images->image(0).subspan(1024, 1024), Each(20));
  EXPECT_THAT(images->image(1).last(1024), Each(255));
}

TEST(Cifar, ReadsEitherLabelOfTheHundredClasses) {
  const std::string file = std::string("\x13") + gray(99);

  EXPECT_THAT(parse_cifar100(file, "file")->labels, ElementsAre(99));
  EXPECT_THAT(parse_cifar100(file, "file", CifarLabels::coarse)->labels, ElementsAre(19));
  EXPECT_EQ(parse_cifar100("\x14" + gray(99), "file", CifarLabels::coarse).error().front().what,
            "class 20 is not 0 to 19");
}

TEST(Cifar, RefusesARecordThatIsCutAtItsByte) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) bytes += gray(1);  // more than are read at once
  bytes.resize(bytes.size() - 3);

  const Error error = error_of(bytes);

  EXPECT_EQ(error.code, "data/truncated");
  EXPECT_EQ(error.where, "file, byte 921897");  // 300 * 3073 - 3
  EXPECT_THAT(error.what, HasSubstr("3 too early"));
  EXPECT_THAT(error.fix, HasSubstr("multiple of 3073"));
}

TEST(Cifar, RefusesAClassOutOfRangeAtItsByte) {
  const Error error = error_of(gray(0) + gray(10));

  EXPECT_EQ(error.code, "data/labels");
  EXPECT_EQ(error.what, "class 10 is not 0 to 9");
  EXPECT_EQ(error.where, "file, byte 3073");
}

TEST(Cifar, RefusesAnEmptyFile) {
  EXPECT_EQ(error_of("").code, "data/empty");
  EXPECT_EQ(error_of("").where, "file");
}

TEST(Cifar, ReadsGzipAndSaysWhenItIsCut) {
  const std::string packed = gzip(gray(5));

  EXPECT_THAT(parse_cifar10(packed, "file")->labels, ElementsAre(5));
  EXPECT_EQ(error_of(packed.substr(0, packed.size() / 2)).code, "data/corrupt");
}

TEST_F(CifarFolder, JoinsTheBatchesThatAreThereInTheirOrder) {
  write("data_batch_3.bin", gray(3));
  write("data_batch_1.bin", gray(1) + gray(2));
  write("test_batch.bin", gray(7));
  write("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");

  const auto train = read_cifar10(folder_, Part::train);
  const auto test = read_cifar10(folder_, Part::test);

  ASSERT_TRUE(train && test);
  EXPECT_THAT(train->labels, ElementsAre(1, 2, 3));
  EXPECT_THAT(test->labels, ElementsAre(7));
  EXPECT_THAT(train->class_names, ElementsAre("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"));
}

TEST_F(CifarFolder, SaysWhichFileIsMissingOrBroken) {
  const auto missing = read_cifar10(folder_, Part::test);
  write("data_batch_1.bin", gray(1));
  write("data_batch_2.bin", "short");
  const auto broken = read_cifar10(folder_, Part::train);
  write("train.bin", std::string("\0", 1) + gray(1));
  const auto hundred = read_cifar100(folder_, Part::train);

  ASSERT_FALSE(missing || broken);
  EXPECT_EQ(missing.error().front().code, "data/not-found");
  EXPECT_THAT(missing.error().front().what, HasSubstr("has no test_batch.bin"));
  EXPECT_EQ(broken.error().front().where, (folder_ / "data_batch_2.bin").string() + ", byte 5");
  EXPECT_THAT(hundred->labels, ElementsAre(1));
}

TEST(CifarOnRealData, HasAsManyImagesOfEveryClass) {
  const char* set = std::getenv("TAILRACE_DATA");
  const fs::path folder = fs::path(set != nullptr ? set : TAILRACE_SOURCE_DIR "/../shared/data") /
                          "cifar-10-batches-bin";
  if (!fs::exists(folder)) {
    GTEST_SKIP() << "CIFAR-10 is neither in $TAILRACE_DATA nor shared/data";
  }

  const auto train = read_cifar10(folder, Part::train);
  const auto test = read_cifar10(folder, Part::test);

  ASSERT_TRUE(train && test);
  ASSERT_GE(train->count(), 10'000u);
  ASSERT_GE(test->count(), 2000u);
  for (std::int32_t label = 0; label < 10; ++label) {
    EXPECT_EQ(std::ranges::count(train->labels, label) * 10, std::ssize(train->labels));
    EXPECT_EQ(std::ranges::count(test->labels, label) * 10, std::ssize(test->labels));
  }
  EXPECT_THAT(train->class_names, ::testing::Contains("airplane"));
}

}  // namespace
}  // namespace tailrace::data
