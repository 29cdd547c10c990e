#include "tailrace/data/libsvm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "tailrace/data/gzip_test.hpp"

namespace tailrace::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SparseRows rows_of(std::string_view text, const LibsvmOptions& options = {}) {
  const Result<LibsvmFile> file = parse_libsvm(text, "file", options);
  if (!file) {
    ADD_FAILURE() << to_string(file.error());
    return {};
  }
  return file->rows;
}

Error error_of(std::string_view text, const LibsvmOptions& options = {}) {
  const Result<LibsvmFile> file = parse_libsvm(text, "file", options);
  if (file) {
    ADD_FAILURE() << "was read without an error";
    return {};
  }
  EXPECT_EQ(file.error().size(), 1u);
  return file.error().front();
}

/// Many windows of text; row r is "+1 1:r 7:0.5".
std::string long_text(int rows) {
  std::string text;
  for (int r = 0; r < rows; ++r) {
    text += (r % 2 == 0 ? "+1 1:" : "-1 1:") + std::to_string(r) + " 7:0.5\n";
  }
  return text;
}

std::filesystem::path real_data(const std::string& name) {
  const char* folder = std::getenv("TAILRACE_DATA");
  const std::filesystem::path data =
      folder != nullptr ? folder : TAILRACE_SOURCE_DIR "/../shared/data";
  for (const auto& candidate : {data / name, data / "libsvm" / name}) {
    if (std::filesystem::exists(candidate)) return candidate;
  }
  return {};
}

TEST(Libsvm, ReadsLabelsIndicesFromOneAndValues) {
  const SparseRows rows = rows_of("-1 3:1 11:0.5\n+1 1:-2\n");

  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows.dimension, 11u);
  EXPECT_THAT(rows.labels, ElementsAre(-1, 1));
  EXPECT_THAT(rows.row(0).indices, ElementsAre(2, 10));
  EXPECT_THAT(rows.row(0).values, ElementsAre(1, 0.5));
  EXPECT_THAT(rows.row(1).indices, ElementsAre(0));
  EXPECT_THAT(rows.row(1).values, ElementsAre(-2));
}

TEST(Libsvm, MapsEachPairOfLabelsToMinusOneAndPlusOne) {
  EXPECT_THAT(rows_of("-1 1:1\n1 1:1\n").labels, ElementsAre(-1, 1));
  EXPECT_THAT(rows_of("0 1:1\n1 1:1\n").labels, ElementsAre(-1, 1));
  EXPECT_THAT(rows_of("1 1:1\n2 1:1\n").labels, ElementsAre(-1, 1));
  EXPECT_THAT(rows_of("+1 1:1\n-1.0 1:1\n1e0 1:1\n").labels, ElementsAre(1, -1, 1));
}

TEST(Libsvm, ReadsASingleClassAsMinusOneOrPlusOneUnlessItCannotBe) {
  EXPECT_THAT(rows_of("1 1:1\n").labels, ElementsAre(1));
  EXPECT_THAT(rows_of("-1 1:1\n").labels, ElementsAre(-1));
  EXPECT_THAT(rows_of("0 1:1\n").labels, ElementsAre(-1));
  EXPECT_THAT(rows_of("2 1:1\n").labels, ElementsAre(1));
}

TEST(Libsvm, ReadsATestFileByTheTrainingFilesLabels) {
  EXPECT_THAT(rows_of("1 1:1\n", {.labels = LabelPair::one_two}).labels, ElementsAre(-1));
  EXPECT_EQ(error_of("0 1:1\n", {.labels = LabelPair::one_two}).what,
            "label 0 does not occur in the training file");
}

TEST(Libsvm, RefusesMixturesOfPairsAndAThirdClass) {
  const Error mixture = error_of("-1 1:1\n0 1:1\n");
  EXPECT_EQ(mixture.code, "data/labels");
  EXPECT_EQ(mixture.what, "label 0 does not go with the label -1 of line 1");
  EXPECT_EQ(mixture.where, "file:2:1");
  EXPECT_EQ(error_of("0\n1\n\n 2\n").what,
            "label 2 does not go with the label 0 of line 1 and 1 of line 2");
  EXPECT_EQ(error_of("0\n1\n\n 2\n").where, "file:4:2");
  EXPECT_EQ(error_of("3 1:1\n").what, "label 3 is none of -1, 0, 1, 2");
  EXPECT_EQ(error_of("0.5 1:1\n").what, "label 0.5 is none of -1, 0, 1, 2");
}

TEST(Libsvm, ReadsRowsWithoutFeatures) {
  const SparseRows rows = rows_of("-1\n+1 2:1\n-1 \n");

  ASSERT_EQ(rows.size(), 3u);
  EXPECT_THAT(rows.row(0).indices, IsEmpty());
  EXPECT_THAT(rows.row(1).indices, ElementsAre(1));
  EXPECT_THAT(rows.row(2).indices, IsEmpty());
}

TEST(Libsvm, SortsUnsortedFeatures) {
  const SparseRows rows = rows_of("1 5:0.5 2:0.25 9:1 1:4\n");

  EXPECT_THAT(rows.row(0).indices, ElementsAre(0, 1, 4, 8));
  EXPECT_THAT(rows.row(0).values, ElementsAre(4, 0.25, 0.5, 1));
}

TEST(Libsvm, RefusesAFeatureThatOccursTwiceAtItsSecondPlace) {
  const Error neighbours = error_of("1 1:1\n1 3:1 3:1\n");
  EXPECT_EQ(neighbours.what, "feature 3 occurs twice in this line");
  EXPECT_EQ(neighbours.where, "file:2:7");
  EXPECT_EQ(error_of("1 3:1 2:1 3:1").where, "file:1:11");
}

TEST(Libsvm, AcceptsWindowsLineEndsBlankLinesCommentsTabsAndAMissingLastNewline) {
  const SparseRows rows = rows_of(
      "# a comment\r\n\r\n \t\n+1\t1:1  2:1 \r\n   -1 2:1 # another\n+1 1:1#close\n\n-1 2:1\r");

  EXPECT_THAT(rows.labels, ElementsAre(1, -1, 1, -1));
  EXPECT_EQ(rows.indices.size(), 5u);
}

TEST(Libsvm, ReadsScientificNotationSignsAndNumbersTooSmallForAFloat) {
  const SparseRows rows =
      rows_of("1 1:1e-3 2:-2.5E+2 3:+4 4:.5 5:1. 6:1e-60 7:1e-400 8:-1e-400 9:3.4e38\n");

  EXPECT_THAT(rows.row(0).values,
              ElementsAre(1e-3f, -250.f, 4.f, 0.5f, 1.f, 0.f, 0.f, 0.f, 3.4e38f));
}

TEST(Libsvm, RefusesValuesThatAreNotFiniteFloats) {
  EXPECT_EQ(error_of("1 1:nan").what, "expected a finite number, found \"nan\"");
  EXPECT_EQ(error_of("1 1:-inf").what, "expected a finite number, found \"-inf\"");
  EXPECT_EQ(error_of("1 1:1e400").what, "expected a finite number, found \"1e400\"");
  EXPECT_EQ(error_of("nan 1:1").where, "file:1:1");
  const Error wide = error_of("1 1:1 2:1e39");
  EXPECT_THAT(wide.what, HasSubstr("fits a 32-bit float"));
  EXPECT_EQ(wide.where, "file:1:9");
}

TEST(Libsvm, RefusesIndicesThatAreNotFromOneToTwoToTheThirtyOneMinusOne) {
  EXPECT_EQ(error_of("1 0:1").what,
            "expected a feature index, a whole number from 1 on, found \"0:1\"");
  EXPECT_EQ(error_of("1 -3:1").where, "file:1:3");
  EXPECT_EQ(error_of("1 2147483648:1").what,
            "expected a feature index up to 2147483647, found \"2147483648:1\"");
  EXPECT_EQ(error_of("1 18446744073709551617:1").code, "data/malformed");  // 2^64 + 1 is not 1
  EXPECT_EQ(rows_of("1 2147483647:1").dimension, 2147483647u);
}

TEST(Libsvm, SaysWhatWasExpectedWhereALineIsMalformed) {
  struct Case {
    std::string_view text;
    std::string_view where;
    std::string_view what;
  };
  const Case cases[] = {
      {"1 1:1\n1 3\n", "file:2:4",
       "expected \":\" and a value after the feature index, found the end of the line"},
      {"1 3:", "file:1:5",
       "expected the value of the feature, a number, found the end of the file"},
      {"1 3: 1\n", "file:1:5", "expected the value of the feature, a number, found \" \""},
      {"1 3 :1\n", "file:1:4", "expected \":\" and a value after the feature index, found \" \""},
      {"1 3:1x\n", "file:1:6", "expected a blank after the number, found \"x\""},
      {"1 3:0x1\n", "file:1:6", "expected a blank after the number, found \"x1\""},
      {"1 3:--1\n", "file:1:5", "expected the value of the feature, a number, found \"--1\""},
      {"1 3:+-1\n", "file:1:5", "expected the value of the feature, a number, found \"+-1\""},
      {"1 qid:3 1:1\n", "file:1:3",
       "expected a feature index, a whole number from 1 on, found \"qid:3\""},
      {"3:1 4:1\n", "file:1:2", "expected a blank after the number, found \":1\""},
      {"yes 1:1\n", "file:1:1", "expected a label: -1 or 1, 0 or 1, 1 or 2, found \"yes\""},
      {"1 1:1\r1 1:1\n", "file:1:6",
       "expected a feature index, a whole number from 1 on, found \"\\x0d\""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const Error error = error_of(c.text);
    EXPECT_EQ(error.code, "data/malformed");
    EXPECT_EQ(error.where, c.where);
    EXPECT_EQ(error.what, c.what);
  }
}

TEST(Libsvm, RefusesAZeroByteAndNumbersOfAbsurdLength) {
  EXPECT_EQ(error_of(std::string_view("1 1:1\0 2:1\n", 11)).where, "file:1:6");
  EXPECT_EQ(error_of("1 1:0." + std::string(5000, '1')).where, "file:1:5");
  EXPECT_EQ(error_of("1 " + std::string(5000, '1') + ":1").where, "file:1:3");
}

TEST(Libsvm, RefusesAFileWithoutASample) {
  for (const std::string_view text : {"", "\n\n", "# nothing\n", " "}) {
    const Error error = error_of(text);
    EXPECT_EQ(error.code, "data/empty");
    EXPECT_EQ(error.where, "file");
  }
}

TEST(Libsvm, KeepsAGivenDimensionAndRefusesFeaturesBeyondIt) {
  EXPECT_EQ(rows_of("1 3:1\n", {.dimension = 5}).dimension, 5u);

  const Error error = error_of("1 3:1\n1 1:1 6:1\n", {.dimension = 5});
  EXPECT_EQ(error.code, "data/dimension");
  EXPECT_EQ(error.what, "feature index 6 is beyond the dimension 5");
  EXPECT_EQ(error.where, "file:2:7");
  EXPECT_EQ(error.fix, "set dimension to 6 or more");
}

TEST(Libsvm, ReadsTextOfManyWindows) {
  const std::string text = long_text(400'000);  // about 6 windows of 1 MiB
  ASSERT_GT(text.size(), std::size_t{6} << 20);

  const SparseRows rows = rows_of(text);

  ASSERT_EQ(rows.size(), 400'000u);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    ASSERT_THAT(rows.row(r).values, ElementsAre(static_cast<Real>(r), 0.5f)) << r;
  }
  EXPECT_EQ(error_of(text + "1 1;").where, "file:400001:4");
}

TEST(Libsvm, ReadsACommentAndARowLongerThanAWindow) {
  std::string row = "1";
  for (int j = 1; j <= 200'000; ++j) row += " " + std::to_string(j) + ":1";

  const SparseRows rows = rows_of("#" + std::string(3 << 20, 'x') + "\n" + row + "\n-1\n");

  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows.row(0).indices.size(), 200'000u);
}

TEST(Libsvm, ReadsGzipAlsoOfSeveralMembers) {
  const std::string text = long_text(300'000);
  const SparseRows plain = rows_of(text);

  const SparseRows packed = rows_of(gzip(text));
  const SparseRows members = rows_of(gzip("1 1:1\n-1") + gzip(" 2:1\n"));

  EXPECT_EQ(packed.values, plain.values);
  EXPECT_EQ(packed.labels, plain.labels);
  EXPECT_THAT(members.labels, ElementsAre(1, -1));
  EXPECT_THAT(members.indices, ElementsAre(0, 1));
}

TEST(Libsvm, SaysThatAGzipFileEndsTooEarlyWhereverItIsCut) {
  const std::string packed = gzip("1 1:1\n-1 2:0.125\n");
  for (std::size_t length = 2; length < packed.size(); ++length) {
    const Error error = error_of(packed.substr(0, length));
    EXPECT_EQ(error.code, "data/corrupt") << length;
    EXPECT_EQ(error.what, "the gzip file ends too early") << length;
  }
  std::string long_packed = gzip(long_text(100'000));
  long_packed.resize(long_packed.size() / 2);
  EXPECT_THAT(error_of(long_packed).where, ::testing::MatchesRegex("file:[0-9]+:[0-9]+"));
}

TEST(Libsvm, SaysThatAGzipFileIsDamaged) {
  std::string packed = gzip(long_text(1000));
  packed[packed.size() - 6] ^= 1;  // the checksum

  EXPECT_THAT(error_of(packed).what, HasSubstr("the gzip file is damaged"));
  EXPECT_THAT(error_of(gzip("1 1:1\n") + "garbage").what, HasSubstr("the gzip file is damaged"));
}

TEST(Libsvm, NamesPackersItDoesNotRead) {
  EXPECT_THAT(error_of("BZh91AY&SY").what, HasSubstr("bzip2 or xz"));
}

TEST(Libsvm, SaysWhyAFileCannotBeRead) {
  const Result<LibsvmFile> missing = read_libsvm("no/such/file");
  const Result<LibsvmFile> folder = read_libsvm(".");

  ASSERT_FALSE(missing || folder);
  EXPECT_EQ(missing.error().front().what, "cannot open the file: No such file or directory");
  EXPECT_EQ(missing.error().front().where, "no/such/file");
  EXPECT_EQ(folder.error().front().what, "cannot read the file: Is a directory");
}

TEST(Libsvm, ReadsAFileLikeMemory) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) /
                                     ("tailrace_libsvm_test_" + std::to_string(getpid()));
  std::ofstream(path, std::ios::binary) << gzip("1 1:1\n-1 2:0.5\n");

  const Result<LibsvmFile> file = read_libsvm(path);

  std::filesystem::remove(path);
  ASSERT_TRUE(file) << to_string(file.error());
  EXPECT_THAT(file->rows.values, ElementsAre(1, 0.5));
}

struct Counts {
  std::string name;
  std::size_t rows;
  std::size_t dimension;
  std::size_t features;
};

class LibsvmOnRealData : public ::testing::TestWithParam<Counts> {};

TEST_P(LibsvmOnRealData, CountsWhatTheDataSetsOwnersCount) {
  const std::filesystem::path path = real_data(GetParam().name);
  if (path.empty())
    GTEST_SKIP() << GetParam().name << " is neither in $TAILRACE_DATA nor shared/data";

  const Result<LibsvmFile> file = read_libsvm(path);

  ASSERT_TRUE(file) << to_string(file.error());
  EXPECT_EQ(file->rows.size(), GetParam().rows);
  EXPECT_EQ(file->rows.dimension, GetParam().dimension);
  EXPECT_EQ(file->rows.indices.size(), GetParam().features);
}

INSTANTIATE_TEST_SUITE_P(Libsvm, LibsvmOnRealData,
                         ::testing::Values(Counts{"a9a", 32561, 123, 451592},
                                           Counts{"w8a", 49749, 300, 579586}),
                         [](const auto& instance) { return instance.param.name; });

TEST(Libsvm, SumsOrOverwritesAFeatureThatOccursTwiceWhenAskedTo) {
  constexpr std::string_view text = "1 3:1 2:5 3:0.5 3:2\n";

  const SparseRows sums = parse_libsvm(text, "file", {.duplicates = Duplicates::sum})->rows;
  const SparseRows lasts = parse_libsvm(text, "file", {.duplicates = Duplicates::last})->rows;

  EXPECT_THAT(sums.row(0).indices, ElementsAre(1, 2));
  EXPECT_THAT(sums.row(0).values, ElementsAre(5, 3.5));
  EXPECT_THAT(lasts.row(0).indices, ElementsAre(1, 2));
  EXPECT_THAT(lasts.row(0).values, ElementsAre(5, 2));
}

TEST(Libsvm, RefusesASumOfAFeatureThatFitsNoFloat) {
  const auto file = parse_libsvm("1 3:3e38 3:3e38\n", "file", {.duplicates = Duplicates::sum});

  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().front().what, "the values of feature 3 sum to infinity");
  EXPECT_EQ(file.error().front().where, "file:1:10");
}

TEST(Libsvm, MarksItsErrorsAsPlacesInData) {
  for (const std::string_view text : {"", "3 1:1\n", "1 0:1\n"}) {
    EXPECT_TRUE(parse_libsvm(text, "file").error().front().in_data) << text;
  }
}

}  // namespace
}  // namespace tailrace::data
