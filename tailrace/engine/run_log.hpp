#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/core/time.hpp"

namespace tailrace::engine {

/// What has to be known to repeat a run: whose update arrived, in which order, and when.
///
/// Jobs need no entry. A server is a pure state machine and a worker's jobs land in the order in
/// which they were given, so the k-th arrival of worker i is its k-th job that was not canceled,
/// and everything about that job follows. Nor do
/// timers: they ring before the first arrival that is not earlier. Only those that make a step are
/// recorded, so that a log tells where the run ended.
///
///   file    "trunlog1", fingerprint (8 bytes), then frames
///   frame   length (4), checksum (4), payload of arrivals
///   arrival worker as varint, nanoseconds since the previous arrival as varint: about 6 bytes;
///           2^32 more than the worker if the update was fresh
///
/// A torn last frame is dropped when the file is read: what came before it is still a true prefix
/// of the run.
struct LogEntry {
  /// In place of a worker: a timer made a step.
  static constexpr WorkerId timer = ~WorkerId{0};
  WorkerId worker = 0;
  Time time;
  bool fresh = false;  ///< `send` had forgotten the worker's earlier updates: policy::Arrived
  bool operator==(const LogEntry&) const = default;
};

/// Appends arrivals. Entries are buffered and written a frame at a time.
class RunLogWriter {
 public:
  static constexpr std::uint64_t header_bytes = 16;

  /// Opens the file, beginning anew, or keeping what is there so that a resumed run can rewind() to
  /// its checkpoint. A log of another run is not kept but refused.
  static Result<RunLogWriter> open(const std::string& path, std::uint64_t fingerprint, bool keep);
  RunLogWriter(RunLogWriter&&) = default;
  RunLogWriter& operator=(RunLogWriter&&) = default;
  ~RunLogWriter();

  void add(const LogEntry& entry);
  /// Writes what is buffered; returns the first error since the beginning.
  [[nodiscard]] Status flush();
  /// Whether an entry could not be written: the run should end, and flush() says why.
  [[nodiscard]] bool failed() const { return !errors_.empty(); }
  /// flush(), and onto the disk: a checkpoint must not outlive the entries that it counts on.
  [[nodiscard]] Status sync();
  /// Position for a checkpoint; to be called after sync().
  struct Position {
    std::uint64_t size = header_bytes;
    Time last;
  };
  [[nodiscard]] Position position() const { return {size_, last_}; }
  /// Cuts the file back to a position of an earlier sync; the default is the beginning. To be
  /// called once after open().
  [[nodiscard]] Status rewind(const Position& position);

 private:
  RunLogWriter(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {}
  [[nodiscard]] bool write_frame();

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  std::string path_;
  std::vector<unsigned char> buffer_;
  std::uint64_t size_ = header_bytes;
  Time last_;
  Errors errors_;  ///< the first failure; after it nothing is written or kept
};

struct RunLog {
  std::uint64_t fingerprint = 0;
  std::vector<LogEntry> entries;
  bool torn = false;  ///< the last frame was incomplete and has been dropped
};

[[nodiscard]] Result<RunLog> read_run_log(const std::string& path);

}  // namespace tailrace::engine
