#include "tailrace/monitoring/span_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tailrace/monitoring/read_spans.hpp"

namespace tailrace::monitoring {
namespace {

namespace fs = std::filesystem;
using cluster::Span;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class SpanFile : public ::testing::Test {
 protected:
  SpanFile() { fs::create_directories(folder_); }
  ~SpanFile() override { fs::remove_all(folder_); }

  void log(const std::vector<Span>& spans) const {
    const auto opened = SpanLog::open(path_).value();
    for (const Span& span : spans) opened->add(span);
  }
  void append(const std::string& text) const { std::ofstream(path_, std::ios::app) << text; }

  /// A job that was given at 0 and took so long.
  [[nodiscard]] static Span job(WorkerId worker, JobNumber number, double seconds) {
    return {.worker = worker,
            .job = number,
            .steps = 2,
            .given = Time{0},
            .arrived = Time::from_seconds(seconds),
            .seconds = seconds / 2,
            .bytes_out = 4000,
            .bytes_in = 100};
  }
  void expect_error(const std::string& where) const {
    const auto spans = read_spans(path_);
    ASSERT_FALSE(spans);
    EXPECT_EQ(spans.error().front().code, "monitoring/bad-spans");
    EXPECT_EQ(spans.error().front().where, path_ + where);
  }

  fs::path folder_ =
      fs::path(::testing::TempDir()) / ("tailrace_span_log_" + std::to_string(getpid()));
  std::string path_ = folder_ / "spans.csv";
};

TEST_F(SpanFile, GivesBackWhatWasLogged) {
  log({job(3, 7, 0.25), job(1, 2, 0.5)});

  const auto spans = read_spans(path_);

  ASSERT_TRUE(spans) << to_string(spans.error());
  ASSERT_THAT(*spans, SizeIs(2));
  const Span& first = spans->front();
  EXPECT_EQ(first.worker, 3U);
  EXPECT_EQ(first.job, 7U);
  EXPECT_EQ(first.steps, 2U);
  EXPECT_EQ(first.given, Time{0});
  EXPECT_EQ(first.arrived, Time{250'000'000});
  EXPECT_EQ(first.seconds, 0.125);
  EXPECT_EQ(first.bytes_out, 4000U);
  EXPECT_EQ(first.bytes_in, 100U);
}

TEST_F(SpanFile, CountsAJobThatWasComputedAgainOnceWithItsLastTimes) {
  log({job(0, 1, 1), job(0, 2, 2), job(1, 2, 3)});
  log({job(0, 2, 4)});  // the server was started again

  const auto spans = read_spans(path_);

  ASSERT_TRUE(spans);
  ASSERT_THAT(*spans, SizeIs(3));
  EXPECT_EQ(spans->back().worker, 0U);
  EXPECT_EQ(spans->back().job, 2U);
  EXPECT_EQ(spans->back().seconds, 2);
}

TEST_F(SpanFile, LeavesOutALastLineThatWasCutOff) {
  log({job(0, 1, 1)});
  append("0,2,2,0.1,0.");

  const auto spans = read_spans(path_);

  ASSERT_TRUE(spans) << to_string(spans.error());
  EXPECT_THAT(*spans, SizeIs(1));
}

TEST_F(SpanFile, GoesOnInPlaceOfALineThatWasCutOff) {
  log({job(0, 1, 1)});
  append("0,2,2,0.1,0.");
  log({job(0, 2, 4)});

  const auto spans = read_spans(path_);

  ASSERT_TRUE(spans) << to_string(spans.error());
  ASSERT_THAT(*spans, SizeIs(2));
  EXPECT_EQ(spans->back().seconds, 2);
}

TEST_F(SpanFile, BeginsAnewWhenNotEvenItsHeaderWasWritten) {
  append("worker,jo");
  log({job(0, 1, 1)});

  const auto spans = read_spans(path_);

  ASSERT_TRUE(spans) << to_string(spans.error());
  EXPECT_THAT(*spans, SizeIs(1));
}

TEST_F(SpanFile, SaysWhichLineIsDamaged) {
  log({job(0, 1, 1)});
  append("0,2,2,0.1,0.2,0.1,4000\n");  // one number is missing

  expect_error(":3");
}

TEST_F(SpanFile, RefusesNumbersThatNoRunHas) {
  for (const char* line : {"0,2,2,0.2,0.1,0.1,1,1",    // arrived before it was given
                           "0,2,2,0.1,0.2,-1,1,1",     // computed less than no time
                           "0,2,2,0.1,nan,0.1,1,1",    // nan
                           "-1,2,2,0.1,0.2,0.1,1,1",   // no such worker
                           "0,2,2,0.1,0.2,0.1,1,1,1",  // one too many
                           "0,2,2,0.1,0.2,0.1,1,1 ", ""}) {
    SCOPED_TRACE(line);
    fs::remove(path_);
    log({});
    append(std::string(line) + "\n");

    expect_error(":2");
  }
}

TEST_F(SpanFile, RefusesAFileOfAnotherKind) {
  append("time,loss\n1,2\n");

  expect_error(":1");
}

TEST_F(SpanFile, SaysWhenThereIsNone) {
  const auto spans = read_spans(path_);

  ASSERT_FALSE(spans);
  EXPECT_EQ(spans.error().front().code, "core/io");
}

}  // namespace
}  // namespace tailrace::monitoring
