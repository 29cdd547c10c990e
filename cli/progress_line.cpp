#include "cli/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "tailrace/report/table.hpp"

namespace tailrace::cli {
namespace {

constexpr std::string_view gap = "  ";

std::string bar(double share) {
  constexpr std::size_t width = 20;
  const auto full = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * width + 0.5);
  return '[' + std::string(full, '#') + std::string(width - full, '.') + ']';
}

/// The numbers, the most useful first.
std::vector<std::string> numbers_of(const ProgressLine& line) {
  const std::string steps =
      fmt::format("{} {}/s", report::short_number(line.steps_per_second), line.unit);
  std::vector<std::string> numbers;
  if (line.shown) {
    numbers.push_back(fmt::format("t = {} s", report::short_number(line.shown->time.seconds())));
  }
  numbers.push_back(steps);
  if (line.shown) numbers.push_back("loss " + report::short_number(line.shown->loss));
  if (line.seconds_left) numbers.push_back(duration_text(*line.seconds_left) + " left");
  numbers.push_back(fmt::format("{}/{} runs", line.done, line.runs));
  return numbers;
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7200) return fmt::format("{} min", whole / 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string to_text(const ProgressLine& line, std::size_t columns) {
  constexpr std::string_view dots = "...";
  std::string text;
  const auto room = [&] {
    const std::size_t used = text.size() + (text.empty() ? 0 : gap.size());
    return columns - std::min(used, columns);
  };
  const auto add = [&](std::string_view part) {
    if (part.size() > room()) return;
    if (!text.empty()) text += gap;
    text += part;
  };
  const std::string percent = fmt::format("{:3.0f}%", 100 * line.share);
  constexpr std::size_t columns_for_bar = 60;  // on less, numbers say more
  add(columns >= columns_for_bar ? bar(line.share) + ' ' + percent : percent);
  for (const std::string& number : numbers_of(line)) add(number);
  if (!line.shown) return text;
  const std::string& name = line.shown->name;
  if (name.size() <= room()) {
    add(name);
  } else if (room() > 2 * dots.size()) {
    add(name.substr(0, room() - dots.size()) + std::string(dots));
  }
  return text;
}

}  // namespace tailrace::cli
