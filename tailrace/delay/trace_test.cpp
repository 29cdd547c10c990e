#include "tailrace/delay/trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace tailrace::delay {
namespace {

using ::testing::ElementsAre;

/// A file that lasts as long as its test.
class File {
 public:
  explicit File(std::string_view text)
      : path_(std::filesystem::path(::testing::TempDir()) /
              ("tailrace_trace_test_" + std::to_string(getpid()))) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// The first `count` times of a worker.
std::vector<double> times(const Trace::Replay& replay, WorkerId worker, std::uint64_t count) {
  Stream unused("unused");
  std::vector<double> values;
  for (std::uint64_t m = 0; m < count; ++m) {
    values.push_back(replay.draw(10, {.worker = worker, .number = m}, unused));
  }
  return values;
}

TEST(Trace, GivesEachWorkerItsColumnAndBeginsAgainAtTheEnd) {
  const File file("1,2\n3,4\n5,6\n");

  const auto replay = Trace{.file = file.path(), .unit = 0.5}.prepare({.workers = 2});

  ASSERT_TRUE(replay);
  EXPECT_THAT(times(*replay, 0, 4), ElementsAre(5, 15, 25, 5));  // value * unit 0.5 * s_i 10
  EXPECT_THAT(times(*replay, 1, 4), ElementsAre(10, 20, 30, 10));
}

TEST(Trace, SpreadsWorkersThatShareAColumnOverItsRows) {
  const File file("1\n2\n3\n4\n");

  const auto replay = Trace{.file = file.path(), .unit = 0.1}.prepare({.workers = 2});

  EXPECT_THAT(times(*replay, 0, 3), ElementsAre(1, 2, 3));
  EXPECT_THAT(times(*replay, 1, 3), ElementsAre(3, 4, 1));
}

TEST(Trace, ReadsCommentsBlankLinesSpacesCarriageReturnsAndALastLineWithoutNewline) {
  const File file("# seconds\r\n 1 ,\t2e-1\r\n\r\n0,.5");

  const auto table = Trace::read(file.path());

  ASSERT_TRUE(table);
  EXPECT_EQ(table->columns, 2u);
  EXPECT_THAT(table->values, ElementsAre(1, 0.2, 0, 0.5));
}

TEST(Trace, NamesFileLineAndColumnOfWhatIsNoDuration) {
  for (const char* bad : {"x", "-1", "nan", "inf", "1 2", "", "1;2", "1e999"}) {
    const File file(std::string("1,2\n3,") + bad + "\n");

    const auto table = Trace::read(file.path());

    ASSERT_FALSE(table) << bad;
    EXPECT_EQ(table.error().front().where, file.path() + ":2:3") << bad;
    EXPECT_EQ(table.error().front().code, "delay/bad-trace");
  }
}

TEST(Trace, RefusesRaggedLines) {
  const File file("1,2\n1\n");

  const auto table = Trace::read(file.path());

  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().front().what, "found 1 columns, the lines before have 2");
  EXPECT_EQ(table.error().front().where, file.path() + ":2");
}

TEST(Trace, RefusesAnEmptyFileAMissingOneADirectoryAndAColumnOfZeros) {
  const File empty("# nothing\n");
  EXPECT_FALSE(Trace::read(empty.path()));
  EXPECT_EQ(Trace::read("/no/such/file").error().front().code, "delay/unreadable-trace");
  EXPECT_FALSE(Trace::read(::testing::TempDir()));
  const File zeros("1,0\n1,0\n");
  EXPECT_EQ(Trace::read(zeros.path()).error().front().what,
            "column 2 holds zeros alone: its worker would never take time");
}

TEST(Trace, ReadsTheStalenessLogsOfEightWorkers) {
  const char* set = std::getenv("TAILRACE_DATA");
  const std::filesystem::path data =
      set != nullptr ? set : std::filesystem::path(TAILRACE_SOURCE_DIR) / "../shared/data";
  const auto file = data / "delays/piag_rcv1_8workers.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there; set TAILRACE_DATA";

  const auto table = Trace::read(file.string());

  ASSERT_TRUE(table) << to_string(table.error());
  EXPECT_EQ(table->columns, 8u);
  EXPECT_EQ(table->rows(), 1000u);
}

}  // namespace
}  // namespace tailrace::delay
