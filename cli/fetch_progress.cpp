#include "cli/fetch_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "cli/console.hpp"
#include "cli/progress_line.hpp"

namespace tailrace::cli {
namespace {

struct Unit {
  double size;
  std::string_view name;
};

Unit unit_of(std::uint64_t bytes) {
  constexpr std::array<Unit, 3> units = {{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}}};
  for (const Unit& unit : units) {
    if (static_cast<double>(bytes) >= unit.size) return unit;
  }
  return {1, "B"};
}

/// Three digits, no exponent.
std::string amount(std::uint64_t bytes, double size) {
  const double value = static_cast<double>(bytes) / size;
  return fmt::format("{:.{}f}", value, size == 1 || value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
  if (bytes == 0) return {};
  const Unit unit = unit_of(bytes);
  return fmt::format("{} {}", amount(bytes, unit.size), unit.name);
}

std::string to_text(const FetchLine& line) {
  std::string text = line.file;
  if (line.total > 0) {
    const Unit unit = unit_of(line.total);
    text += fmt::format("  {:3.0f}%  {}/{}",
                        100.0 * static_cast<double>(line.done) / static_cast<double>(line.total),
                        amount(line.done, unit.size), size_text(line.total));
  } else {
    text += "  " + size_text(std::max<std::uint64_t>(line.done, 1));
  }
  const double speed =
      line.seconds > 0 ? static_cast<double>(line.came) / line.seconds : 0;  // bytes/s
  if (speed < 1) return text;
  text += "  " + size_text(static_cast<std::uint64_t>(speed)) + "/s";
  if (line.total > line.done) {
    text += "  " + duration_text(static_cast<double>(line.total - line.done) / speed) + " left";
  }
  return text;
}

void FetchProgress::show(const fetch::Progress& progress) {
  if (quiet_) return;
  const Clock::time_point now = Clock::now();
  if (progress.file != file_ || progress.done < began_at_) {
    file_ = progress.file;
    began_ = now;
    began_at_ = progress.done;
    next_ = 1;
  }
  const double seconds = std::chrono::duration<double>(now - began_).count();
  if (seconds < next_) return;
  const bool terminal = errors_are_terminal();
  next_ = terminal ? seconds + 0.1 : 2 * next_;
  fmt::print(stderr, "{}{}{}", terminal ? "\r\x1b[K" : "",
             to_text({.file = file_,
                      .done = progress.done,
                      .total = progress.total,
                      .came = progress.done - began_at_,
                      .seconds = seconds}),
             terminal ? "" : "\n");
  std::fflush(stderr);
  drawn_ = terminal;
}

void FetchProgress::note(const std::string& line) {
  clear();
  fmt::print(stderr, "{}\n", line);
}

void FetchProgress::clear() {
  if (drawn_) fmt::print(stderr, "\r\x1b[K");
  drawn_ = false;
}

}  // namespace tailrace::cli
