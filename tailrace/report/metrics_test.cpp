#include "tailrace/report/metrics.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tailrace/report/runs_test.hpp"

namespace tailrace::report {
namespace {

namespace fs = std::filesystem;

class MetricsFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(::testing::TempDir()) / ("tailrace_metrics_test_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string text(const char* name) const {
    std::ifstream stream(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  fs::path folder_;
  std::vector<engine::Sample> samples_ = testing::run_with("m", 1, {1, 0.5, 0.25}).samples;
};

TEST_F(MetricsFiles, HaveALineForEverySampleAtOnce) {
  const auto writer = *MetricsWriter::open(folder_.string());

  writer->evaluated(samples_[0]);
  writer->evaluated(samples_[1]);

  EXPECT_TRUE(writer->status());
  EXPECT_EQ(text("metrics.csv"),
            csv_header() + '\n' + csv_line(samples_[0]) + '\n' + csv_line(samples_[1]) + '\n');
  EXPECT_EQ(text("metrics.jsonl"), json_line(samples_[0]) + '\n' + json_line(samples_[1]) + '\n');
}

TEST_F(MetricsFiles, HoldEverySampleOnceAfterAResume) {
  {
    const auto writer = *MetricsWriter::open(folder_.string());
    writer->evaluated(samples_[0]);
    writer->evaluated(samples_[1]);
  }
  const auto writer = *MetricsWriter::open(folder_.string());

  writer->restored({samples_[0]});  // the checkpoint was older than the last line
  writer->evaluated(samples_[1]);
  writer->evaluated(samples_[2]);

  EXPECT_EQ(text("metrics.csv"), csv_header() + '\n' + csv_line(samples_[0]) + '\n' +
                                     csv_line(samples_[1]) + '\n' + csv_line(samples_[2]) + '\n');
}

TEST_F(MetricsFiles, SayThatAFolderCannotBeWritten) {
  const auto writer = MetricsWriter::open((folder_ / "gone").string());

  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error()[0].code, "report/cannot-write");
}

TEST_F(MetricsFiles, RememberThatTheDiskWasFull) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full to write to";
  fs::create_symlink("/dev/full", folder_ / "metrics.csv");

  const auto writer = MetricsWriter::open(folder_.string());

  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error()[0].what, "the metrics cannot be written: No space left on device");
}

}  // namespace
}  // namespace tailrace::report
