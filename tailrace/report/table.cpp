#include "tailrace/report/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "tailrace/core/commas.hpp"

namespace tailrace::report {
namespace {

constexpr std::size_t columns = 9;
constexpr std::size_t line_max = 100;
constexpr std::size_t method_min = 12;
using Row = std::array<std::string, columns>;

/// "412 [398, 455]"; a single run has no spread.
std::string spread_text(const Spread& spread, std::size_t runs) {
  const auto seconds = [](double value) {
    return std::isinf(value) ? std::string("never") : short_number(value);
  };
  if (runs == 1) return seconds(spread.median);
  return fmt::format("{} [{}, {}]", seconds(spread.median), seconds(spread.min),
                     seconds(spread.max));
}

std::string time_text(const MethodSummary& summary, bool has_target) {
  if (!has_target) return spread_text(summary.seconds, summary.runs);
  if (summary.reached == 0) return "not reached";
  if (std::isinf(summary.target_seconds.median)) {
    return fmt::format("{} of {} reached", summary.reached, summary.runs);
  }
  return spread_text(summary.target_seconds, summary.runs);
}

/// Long names lose their middle: grids differ in the end.
std::string shortened(const std::string& name, std::size_t size) {
  if (name.size() <= size) return name;
  const std::size_t tail = (size - 2) / 2;
  return name.substr(0, size - 2 - tail) + ".." + name.substr(name.size() - tail);
}

/// "target", "2 of 3 time": the column's title says the rest.
std::string ending_text(std::string ending) {
  for (const std::string_view rest : {" reached", " limit"}) {
    if (ending.ends_with(rest)) ending.resize(ending.size() - rest.size());
  }
  return ending;
}

Row row_of(const MethodSummary& summary, bool has_target) {
  return {summary.method,
          time_text(summary, has_target),
          short_number(summary.steps.median),
          short_number(summary.gradients.median),
          short_number(summary.loss.median),
          short_number(summary.gradient_norm.median),
          fmt::format("{}/{}", short_number(std::round(summary.staleness_mean.median * 10) / 10),
                      short_number(summary.staleness_max.median)),
          short_number(summary.discarded.median),
          ending_text(summary.ending)};
}

using Widths = std::array<std::size_t, columns>;

/// As wide as the longest cell; names give way where the line would become too long, and only then
/// its end.
Widths widths_of(std::vector<Row>& rows) {
  Widths widths{};
  std::size_t others = 0;
  for (std::size_t c = 0; c < columns; ++c) {
    for (const Row& row : rows) widths[c] = std::max(widths[c], row[c].size());
    if (c > 0) others += widths[c] + 2;
  }
  const std::size_t room = others + method_min < line_max ? line_max - others : method_min;
  widths[0] = std::min(widths[0], room);
  for (Row& row : rows) row[0] = shortened(row[0], widths[0]);
  return widths;
}

/// The method whose median time to the target is the least.
std::optional<std::size_t> best_of(const std::vector<MethodSummary>& summaries) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const double seconds = summaries[i].target_seconds.median;
    if (std::isinf(seconds)) continue;
    if (!best || seconds < summaries[*best].target_seconds.median) best = i;
  }
  return best;
}

std::string line_of(const Row& row, const Widths& widths) {
  std::string line;
  for (std::size_t c = 0; c < columns; ++c) {
    const bool left = c == 0 || c + 1 == columns;
    if (c > 0) line += "  ";
    line +=
        left ? fmt::format("{:<{}}", row[c], widths[c]) : fmt::format("{:>{}}", row[c], widths[c]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  if (line.size() > line_max) line = line.substr(0, line_max - 2) + "..";
  return line;
}

}  // namespace

std::string short_number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  const double size = std::fabs(value);
  if (size >= 1e7 || (size < 1e-4 && size > 0)) return fmt::format("{:.2e}", value);
  if (size >= 1000) {
    return (value < 0 ? "-" : "") + with_commas(static_cast<std::size_t>(std::nearbyint(size)));
  }
  return fmt::format("{:.4g}", value);
}

std::string table(const std::vector<MethodSummary>& summaries, const TableOptions& options) {
  std::vector<Row> rows = {{"method", options.has_target ? "to target [s]" : "time [s]", "steps",
                            "gradients", "loss", "|grad|", "stale", "lost", "ended by"}};
  for (const MethodSummary& summary : summaries)
    rows.push_back(row_of(summary, options.has_target));
  const Widths widths = widths_of(rows);
  const std::optional<std::size_t> best = options.color ? best_of(summaries) : std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string line = line_of(rows[i], widths);
    const bool highlight = best && i == *best + 1;
    text += highlight ? fmt::format("\x1b[1;32m{}\x1b[0m\n", line) : line + '\n';
    if (i == 0) text += std::string(line.size(), '-') + '\n';
  }
  return text;
}

}  // namespace tailrace::report
