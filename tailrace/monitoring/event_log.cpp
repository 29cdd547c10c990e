#include "tailrace/monitoring/event_log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/sinks/rotating_file_sink.h>

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace tailrace::monitoring {
namespace {

using cluster::Event;
using cluster::Level;
using Moment = std::chrono::system_clock::time_point;
using Sink = spdlog::sinks::rotating_file_sink_st;

std::string_view level_text(Level level) {
  switch (level) {
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      break;
  }
  return "error";
}

/// "2026-11-21T21:50:00.123Z".
std::string time_text(Moment time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (milliseconds - seconds).count());
}

std::string json_line(const Event& event, Moment time, std::size_t left_out) {
  nlohmann::ordered_json line;
  line["time"] = time_text(time);
  line["level"] = level_text(event.level);
  line["event"] = event.name;
  line["text"] = event.text;
  auto& facts = line["facts"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : event.facts) facts[std::string(name)] = value;
  if (left_out > 0) line["left_out"] = left_out;
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string readable_line(const Event& event, Moment time, std::size_t left_out) {
  std::string line = fmt::format("{}  {:<7}  {}: {}", time_text(time), level_text(event.level),
                                 event.name, event.text);
  const char* separator = "  (";
  for (const auto& [name, value] : event.facts) {
    line += fmt::format("{}{} {}", separator, name, value);
    separator = ", ";
  }
  if (!event.facts.empty()) line += ')';
  if (left_out > 0) line += fmt::format("  and {} more before", left_out);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7F') c = '?';
  }
  return line;
}

class Log : public EventLog {
 public:
  Log(EventLogOptions options, std::unique_ptr<Sink> sink)
      : options_(std::move(options)), sink_(std::move(sink)) {}
  ~Log() override {
    for (const auto& [name, repeats] : repeats_) {
      if (repeats.left_out == 0) continue;
      write({.level = Level::warning, .name = name, .text = "more of them were left out"},
            repeats.left_out);
    }
  }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void note(const Event& event) override {
    const std::scoped_lock lock(mutex_);
    const std::optional<std::size_t> left_out = admit(event.name);
    if (left_out) write(event, *left_out);
  }
  [[nodiscard]] std::size_t lost() const override {
    const std::scoped_lock lock(mutex_);
    return lost_;
  }

 private:
  struct Repeats {
    std::chrono::sys_seconds second;
    std::size_t count = 0;  ///< in that second
    std::size_t left_out = 0;
  };

  /// How many events of a name were left out before this one; nothing: this one is, too.
  std::optional<std::size_t> admit(std::string_view name) {
    const auto second = std::chrono::floor<std::chrono::seconds>(options_.now());
    auto found = repeats_.find(name);
    if (found == repeats_.end()) found = repeats_.emplace(std::string(name), Repeats()).first;
    Repeats& repeats = found->second;
    if (repeats.second != second) {
      repeats.second = second;
      repeats.count = 0;
    }
    if (++repeats.count > options_.same_a_second) {
      ++repeats.left_out;
      return std::nullopt;
    }
    return std::exchange(repeats.left_out, 0);
  }

  void write(const Event& event, std::size_t left_out) {
    const Moment now = options_.now();
    if (options_.show) options_.show(readable_line(event, now, left_out));
    if (!sink_) return;
    const std::string line = json_line(event, now, left_out);
    try {
      // What was torn off before ends its line.
      if (std::exchange(torn_, true)) put("");
      put(line);
      sink_->flush();
      torn_ = false;
    } catch (const std::exception& error) {
      if (++lost_ == 1 && options_.show) {
        options_.show(fmt::format("{} cannot be written, which does not stop the run: {}",
                                  options_.path, error.what()));
      }
    }
  }

  void put(const std::string& line) {
    sink_->log(spdlog::details::log_msg("", spdlog::level::info, line));
  }

  EventLogOptions options_;
  std::unique_ptr<Sink> sink_;
  mutable std::mutex mutex_;
  std::map<std::string, Repeats, std::less<>> repeats_;
  std::size_t lost_ = 0;
  bool torn_ = false;
};

}  // namespace

Result<std::unique_ptr<EventLog>> EventLog::open(EventLogOptions options) {
  std::unique_ptr<Sink> sink;
  try {
    if (!options.path.empty()) {
      sink = std::make_unique<Sink>(options.path, options.file_bytes, options.files - 1);
      sink->set_pattern("%v");
    }
  } catch (const spdlog::spdlog_ex& error) {
    return fail({.code = "monitoring/cannot-write",
                 .what = fmt::format("the log of events cannot be written: {}", error.what()),
                 .where = options.path,
                 .fix = "check that the folder exists and may be written"});
  }
  return std::make_unique<Log>(std::move(options), std::move(sink));
}

}  // namespace tailrace::monitoring
