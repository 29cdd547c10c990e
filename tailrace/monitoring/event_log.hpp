#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "tailrace/cluster/report.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::monitoring {

/// How events are written down.
struct EventLogOptions {
  std::string path;                   ///< such as events.jsonl; empty: no file
  std::size_t file_bytes = 16 << 20;  ///< then a new one is begun [bytes]
  std::size_t files = 3;              ///< that are kept: events.jsonl, events.1.jsonl, ...
  std::size_t same_a_second = 10;     ///< more events of one name are only counted [1/s]
  std::function<void(const std::string&)> show = {};  ///< takes a readable line; none: no lines
  std::function<std::chrono::system_clock::time_point()> now = std::chrono::system_clock::now;
};

/// Writes one line of JSON for each event:
///
///     {"time":"2026-11-21T21:50:00.123Z","level":"warning","event":"refused",
///      "text":"...","facts":{"worker":"3"}}
///
/// What came more often than `same_a_second` in a second is left out; the next line of that name
/// has "left_out" with the number. Bytes that are not UTF-8 are replaced, and in readable lines
/// control characters, since workers choose some of the text.
///
/// A line is with the system when note() returns. Where it cannot be written, as on a full disk, it
/// is lost and counted, and the run goes on; show() is told once.
class EventLog : public cluster::Reporter {
 public:
  /// Errors  monitoring/cannot-write.
  [[nodiscard]] static Result<std::unique_ptr<EventLog>> open(EventLogOptions options);

  /// Lines that could not be written.
  [[nodiscard]] virtual std::size_t lost() const = 0;
};

}  // namespace tailrace::monitoring
