#include "tailrace/engine/run_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tailrace/core/random.hpp"
#include "tailrace/engine/engine_test.hpp"

namespace tailrace::engine {
namespace {

using ::testing::ElementsAreArray;
using testing::read_text;
using testing::TemporaryFolder;
using testing::write_text;

constexpr std::uint64_t fingerprint = 42;

class RunLogTest : public ::testing::Test {
 protected:
  [[nodiscard]] RunLogWriter open(bool keep = false) const {
    return std::move(*RunLogWriter::open(path_, fingerprint, keep));
  }
  [[nodiscard]] std::vector<LogEntry> entries() const { return read_run_log(path_)->entries; }

  TemporaryFolder folder_;
  const std::string path_ = folder_.file("log");
};

TEST_F(RunLogTest, GivesBackWhatWasAdded) {
  // One-byte and many-byte numbers, equal times, and the largest of both.
  const std::vector<LogEntry> added = {{0, {0}},         {127, {1}},          {128, {1}},
                                       {3, {1'000'000}}, {UINT32_MAX, {300}}, {5, Time::never()}};
  std::vector<LogEntry> ordered = added;
  std::swap(ordered[3], ordered[4]);

  {
    RunLogWriter writer = open();
    for (const LogEntry& entry : ordered) writer.add(entry);
    ASSERT_TRUE(writer.flush());
  }

  const Result<RunLog> log = read_run_log(path_);
  ASSERT_TRUE(log);
  EXPECT_EQ(log->fingerprint, fingerprint);
  EXPECT_FALSE(log->torn);
  EXPECT_THAT(log->entries, ElementsAreArray(ordered));
}

TEST_F(RunLogTest, GivesBackWhichUpdatesWereFresh) {
  const std::vector<LogEntry> added = {
      {0, {10}, true}, {0, {20}}, {UINT32_MAX - 1, {30}, true}, {LogEntry::timer, {40}}};
  {
    RunLogWriter writer = open();
    for (const LogEntry& entry : added) writer.add(entry);
    ASSERT_TRUE(writer.flush());
  }

  EXPECT_THAT(entries(), ElementsAreArray(added));
}

TEST_F(RunLogTest, RefusesATimerThatIsFresh) {
  {
    RunLogWriter writer = open();
    writer.add({LogEntry::timer, {10}, true});
    ASSERT_TRUE(writer.flush());
  }

  EXPECT_FALSE(read_run_log(path_));
}

TEST_F(RunLogTest, SavesWhatAnEarlyReturnLeavesBehind) {
  { open().add({1, {10}}); }

  EXPECT_EQ(entries().size(), 1U);
}

TEST_F(RunLogTest, TakesAFewBytesAnEntry) {
  constexpr int count = 100'000;
  Stream stream("run log");
  {
    RunLogWriter writer = open();
    Time now;
    for (int i = 0; i < count; ++i) {
      now = now + Time{static_cast<std::int64_t>(stream.below(2'000'000))};  // 1 ms on average
      writer.add({static_cast<WorkerId>(stream.below(1000)), now});
    }
    ASSERT_TRUE(writer.flush());
  }

  EXPECT_EQ(entries().size(), std::size_t{count});
  EXPECT_LT(std::filesystem::file_size(path_), 5.0 * count);  // 2 for the worker, 3 for the time
}

TEST_F(RunLogTest, GivesAPrefixWhenItIsTornAtAnyByte) {
  std::vector<LogEntry> added;
  std::vector<std::size_t> sizes;  // of the file after each flush
  {
    RunLogWriter writer = open();
    for (std::uint32_t i = 0; i < 12; ++i) {
      added.push_back({i % 3, {1000 * i}});
      writer.add(added.back());
      if (i % 4 == 3) {
        ASSERT_TRUE(writer.flush());
        sizes.push_back(std::filesystem::file_size(path_));
      }
    }
  }
  const std::string whole = read_text(path_);

  for (std::size_t size = RunLogWriter::header_bytes; size <= whole.size(); ++size) {
    write_text(path_, whole.substr(0, size));
    const Result<RunLog> log = read_run_log(path_);
    ASSERT_TRUE(log) << size << " bytes";
    const auto frames = static_cast<std::size_t>(
        std::count_if(sizes.begin(), sizes.end(), [&](std::size_t s) { return s <= size; }));
    const bool clean = size == RunLogWriter::header_bytes ||
                       std::find(sizes.begin(), sizes.end(), size) != sizes.end();
    EXPECT_EQ(log->torn, !clean) << size << " bytes";
    EXPECT_THAT(log->entries, ElementsAreArray(added.data(), 4 * frames)) << size << " bytes";
  }
}

TEST_F(RunLogTest, DropsAFrameWithAFlippedBitAndWhatFollows) {
  {
    RunLogWriter writer = open();
    for (std::uint32_t i = 0; i < 3; ++i) {
      writer.add({i, {i}});
      ASSERT_TRUE(writer.flush());
    }
  }
  std::string text = read_text(path_);
  const std::size_t frame = (text.size() - RunLogWriter::header_bytes) / 3;
  text[RunLogWriter::header_bytes + frame + 8] ^= 1;  // payload of the second frame

  write_text(path_, text);

  const Result<RunLog> log = read_run_log(path_);
  ASSERT_TRUE(log);
  EXPECT_TRUE(log->torn);
  EXPECT_THAT(log->entries, ::testing::ElementsAre(LogEntry{0, {0}}));
}

TEST_F(RunLogTest, RefusesWhatIsNotALog) {
  write_text(path_, "short");
  EXPECT_FALSE(read_run_log(path_));
  write_text(path_, "certainly not a run log");
  EXPECT_FALSE(read_run_log(path_));

  EXPECT_FALSE(read_run_log(folder_.file("missing")));
}

TEST_F(RunLogTest, RewindsToACheckpoint) {
  RunLogWriter::Position saved;
  {
    RunLogWriter writer = open();
    writer.add({1, {10}});
    ASSERT_TRUE(writer.sync());
    saved = writer.position();
    writer.add({2, {20}});
    ASSERT_TRUE(writer.flush());
  }

  {
    RunLogWriter writer = open(true);
    ASSERT_TRUE(writer.rewind(saved));
    writer.add({3, {25}});
    ASSERT_TRUE(writer.flush());
  }

  EXPECT_THAT(entries(), ::testing::ElementsAre(LogEntry{1, {10}}, LogEntry{3, {25}}));
}

TEST_F(RunLogTest, RewindsToTheBeginningWhenThereIsNoCheckpoint) {
  { open().add({1, {10}}); }

  {
    RunLogWriter writer = open(true);
    ASSERT_TRUE(writer.rewind({}));
    writer.add({2, {5}});
  }

  EXPECT_THAT(entries(), ::testing::ElementsAre(LogEntry{2, {5}}));
}

TEST_F(RunLogTest, RefusesToRewindBeyondTheEndOfTheFile) {
  { open().add({1, {10}}); }

  RunLogWriter writer = open(true);

  EXPECT_FALSE(writer.rewind({.size = std::filesystem::file_size(path_) + 1, .last = {10}}));
}

TEST_F(RunLogTest, BeginsAnewOverAFileThatEndsWithinItsHeader) {
  write_text(path_, "trunlo");  // killed before the header was written

  {
    RunLogWriter writer = open(true);
    ASSERT_TRUE(writer.rewind({}));
    writer.add({1, {10}});
  }

  EXPECT_THAT(entries(), ::testing::ElementsAre(LogEntry{1, {10}}));
}

TEST_F(RunLogTest, KeepsNoLogOfAnotherRun) {
  { open().add({1, {10}}); }

  EXPECT_FALSE(RunLogWriter::open(path_, fingerprint + 1, true));
  EXPECT_TRUE(RunLogWriter::open(path_, fingerprint + 1, false));
}

TEST_F(RunLogTest, ExplainsAFullDisk) {
  Result<RunLogWriter> writer = RunLogWriter::open("/dev/full", fingerprint, false);
  ASSERT_TRUE(writer);  // the header is still in memory

  writer->add({1, {10}});
  const Status flushed = writer->flush();

  ASSERT_FALSE(flushed);
  EXPECT_NE(flushed.error().front().what.find("No space left on device"), std::string::npos);
}

TEST_F(RunLogTest, TellsOfAFullDiskWhileEntriesAreAdded) {
  auto writer = RunLogWriter::open("/dev/full", fingerprint, false);
  ASSERT_TRUE(writer);

  for (std::uint32_t i = 0; i < 100'000 && !writer->failed(); ++i) writer->add({i, Time{i}});

  EXPECT_TRUE(writer->failed());
  EXPECT_FALSE(writer->flush());
}

TEST_F(RunLogTest, ExplainsAFolderThatIsNotThere) {
  EXPECT_FALSE(RunLogWriter::open(folder_.file("no/such/folder"), fingerprint, false));
}

}  // namespace
}  // namespace tailrace::engine
