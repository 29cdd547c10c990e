#include "tailrace/monitoring/event_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tailrace::monitoring {
namespace {

namespace fs = std::filesystem;
using cluster::Event;
using cluster::Level;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class EventLogFile : public ::testing::Test {
 protected:
  EventLogFile() { fs::create_directories(folder_); }
  ~EventLogFile() override { fs::remove_all(folder_); }

  /// A log whose clock stands still until the test moves it.
  [[nodiscard]] std::unique_ptr<EventLog> open(EventLogOptions options = {}) {
    if (options.path.empty()) options.path = path_;
    options.now = [this] { return now_; };
    options.show = [this](const std::string& line) { shown_.push_back(line); };
    return EventLog::open(std::move(options)).value();
  }
  [[nodiscard]] std::vector<json> lines() const {
    std::ifstream stream(path_);
    std::vector<json> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
    return lines;
  }

  fs::path folder_ =
      fs::path(::testing::TempDir()) / ("tailrace_event_log_" + std::to_string(getpid()));
  std::string path_ = folder_ / "events.jsonl";
  // 2026-11-21T21:50:00.123Z
  std::chrono::system_clock::time_point now_{std::chrono::milliseconds(1'795'297'800'123)};
  std::vector<std::string> shown_;
};

TEST_F(EventLogFile, HasALineOfJsonForEachEventAtOnce) {
  const auto log = open();

  log->note({.level = Level::warning,
             .name = "refused",
             .text = "a \"strange\" update",
             .facts = {{"worker", "3"}}});

  ASSERT_THAT(lines(), SizeIs(1));
  EXPECT_EQ(lines().front(), json::parse(R"({"time": "2026-11-21T21:50:00.123Z",
      "level": "warning", "event": "refused", "text": "a \"strange\" update",
      "facts": {"worker": "3"}})"));
  EXPECT_THAT(shown_, ElementsAre("2026-11-21T21:50:00.123Z  warning  refused: a \"strange\" update"
                                  "  (worker 3)"));
}

TEST_F(EventLogFile, GoesOnBehindWhatIsThere) {
  open()->note({.name = "joined"});

  open()->note({.name = "left"});

  ASSERT_THAT(lines(), SizeIs(2));
  EXPECT_EQ(lines().back()["event"], "left");
}

TEST_F(EventLogFile, LeavesOutWhatRepeatsTooOftenAndSaysHowMany) {
  const auto log = open({.same_a_second = 10});

  for (int i = 0; i < 25; ++i) log->note({.name = "refused"});
  log->note({.name = "joined"});
  now_ += std::chrono::seconds(1);
  log->note({.name = "refused"});

  ASSERT_THAT(lines(), SizeIs(12));
  EXPECT_EQ(lines()[10]["event"], "joined");
  EXPECT_FALSE(lines()[10].contains("left_out"));
  EXPECT_EQ(lines()[11]["left_out"], 15);
}

TEST_F(EventLogFile, SaysAtItsEndWhatWasLeftOut) {
  auto log = open({.same_a_second = 1});
  for (int i = 0; i < 4; ++i) log->note({.name = "refused"});

  log.reset();

  ASSERT_THAT(lines(), SizeIs(2));
  EXPECT_EQ(lines().back()["event"], "refused");
  EXPECT_EQ(lines().back()["left_out"], 3);
}

TEST_F(EventLogFile, ReplacesBytesThatAreNoTextSinceWorkersChooseThem) {
  const auto log = open();

  log->note({.name = "refused", .text = "\x1B[31m\xFF\n{}"});

  ASSERT_THAT(lines(), SizeIs(1));
  EXPECT_THAT(shown_.front(), HasSubstr("?[31m"));
  EXPECT_EQ(shown_.front().find('\n'), std::string::npos);
}

TEST_F(EventLogFile, StaysSmallByBeginningANewOne) {
  const auto log = open({.file_bytes = 4096, .files = 3, .same_a_second = 10'000});

  for (int i = 0; i < 1000; ++i) log->note({.name = "joined", .text = std::string(100, 'x')});

  std::uintmax_t bytes = 0;
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    bytes += entry.file_size();
    ++files;
  }
  EXPECT_EQ(files, 3);
  EXPECT_LE(bytes, 3U * 4096U);
}

TEST_F(EventLogFile, DoesNotEndARunWhenTheDiskIsFull) {
  const auto log = open({.path = "/dev/full"});

  log->note({.name = "joined"});
  log->note({.name = "left"});

  EXPECT_EQ(log->lost(), 2U);
  ASSERT_THAT(shown_, SizeIs(3));  // both, and one complaint
  EXPECT_THAT(shown_[1], HasSubstr("/dev/full cannot be written, which does not stop the run"));
}

TEST_F(EventLogFile, SaysThatItCannotBeMade) {
  const auto log = EventLog::open({.path = "/proc/nowhere/events.jsonl"});

  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().front().code, "monitoring/cannot-write");
}

}  // namespace
}  // namespace tailrace::monitoring
