#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "tailrace/fetch/download.hpp"

namespace tailrace::cli {

/// What a line about a download tells.
struct FetchLine {
  std::string file;
  std::uint64_t done = 0;   ///< bytes on disk
  std::uint64_t total = 0;  ///< bytes; 0: not known
  std::uint64_t came = 0;   ///< bytes since the download began or went on
  double seconds = 0;       ///< since then
};

/// "cifar-10-binary.tar.gz   42%  71.4/170 MB  3.1 MB/s  32 s left"; without what is not known.
[[nodiscard]] std::string to_text(const FetchLine& line);

/// "170 MB", "28.9 kB"; nothing for 0.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

/// Tells people how far downloads are, on standard error: on a terminal one line, drawn anew ten
/// times a second; elsewhere lines after 1, 2, 4, 8 ... seconds of a file.
class FetchProgress {
 public:
  explicit FetchProgress(bool quiet) : quiet_(quiet) {}
  ~FetchProgress() { clear(); }
  FetchProgress(const FetchProgress&) = delete;
  FetchProgress& operator=(const FetchProgress&) = delete;

  void show(const fetch::Progress& progress);

  /// A line that stays.
  void note(const std::string& line);

  /// Removes the line that is drawn anew.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool quiet_;
  bool drawn_ = false;
  std::string file_;
  Clock::time_point began_;
  std::uint64_t began_at_ = 0;  ///< bytes
  double next_ = 0;             ///< seconds after which the next line is due
};

}  // namespace tailrace::cli
