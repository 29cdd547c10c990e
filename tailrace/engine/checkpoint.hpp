#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::engine {

/// Where a run saves itself and whether it goes on from what is there.
struct CheckpointOptions {
  std::string path;                ///< empty: no checkpoints
  double every_wall_seconds = 30;  ///< real time between two; also written when interrupted
  bool resume = false;  ///< go on from the newest file that is undamaged, if there is one
  bool at_end = false;  ///< a limit leaves one too, from which a longer run goes on
  std::uint64_t fingerprint =
      0;                   ///< of the experiment, method and seed: another one's file is refused
  std::uint32_t keep = 1;  ///< files: path, path.1, path.2, ..., newest first [1 to 100]
};

/// Saves and restores a run through one state function.
///
/// The file is a header (magic, format, fingerprint, length, checksum) and the archive. It is
/// written aside, synced and renamed, so a torn write or a full disk leaves the previous one in
/// place. Earlier files are renamed out of its way first: whenever the program is killed, the
/// newest that is there is whole.
class Checkpoint {
 public:
  using State = std::function<void(Archive&)>;

  /// A run's state at one moment, in memory.
  class Snapshot {
    friend class Checkpoint;
    std::vector<std::byte> file_;  ///< header, not yet filled in, and archive
  };

  explicit Checkpoint(CheckpointOptions options) : options_(std::move(options)) {}

  /// True if a file was there and has been restored; false if there is nothing to resume. Files
  /// that cannot be read or are damaged are passed over for the newest earlier one, if there is
  /// one; a log's position in it is earlier too. A file of another run is refused.
  [[nodiscard]] Result<bool> restore(const State& state);
  /// The file that restore() used; empty if none.
  [[nodiscard]] const std::string& restored() const { return restored_; }
  /// Why restore() did not use newer ones, one error each.
  [[nodiscard]] const Errors& passed_over() const { return passed_over_; }

  /// Both of the following.
  [[nodiscard]] Status save(const State& state);
  /// Copies the state; empty without a path. A run under a lock takes it under the lock.
  [[nodiscard]] Snapshot snapshot(const State& state);
  /// Puts it on the disk, which may take long; other functions but this one may be called
  /// meanwhile.
  [[nodiscard]] Status write(Snapshot snapshot);

  /// Whether it is time to save; cheap enough to ask every thousand events.
  [[nodiscard]] bool due() const;

 private:
  [[nodiscard]] std::string file(std::uint32_t age) const;
  [[nodiscard]] bool exists(std::uint32_t age) const;
  /// Moves files so that the newest's name is free to be written over.
  [[nodiscard]] Status make_room();

  CheckpointOptions options_;
  std::string restored_;
  Errors passed_over_;
  std::uint32_t useless_ = 0;  ///< newest files that restore() passed over
  bool wrote_ = false;
  std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
};

}  // namespace tailrace::engine
