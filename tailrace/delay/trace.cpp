#include "tailrace/delay/trace.hpp"

#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace tailrace::delay {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

tl::unexpected<Errors> bad_trace(std::string what, std::string where) {
  return fail({.code = "delay/bad-trace",
               .what = std::move(what),
               .where = std::move(where),
               .fix = "one line a row, one column a worker, numbers of 0 or more between commas",
               .in_data = true});
}

/// Appends the numbers of one line and returns how many there were.
Result<std::size_t> read_row(std::string_view line, const std::string& place,
                             std::vector<double>& values) {
  std::size_t count = 0;
  for (std::size_t begin = 0; begin <= line.size(); ++count) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    const std::string_view cell = trimmed(line.substr(begin, end - begin));
    double value = 0;
    const auto [rest, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    const bool whole = error == std::errc() && rest == cell.data() + cell.size();
    if (!whole || !std::isfinite(value) || value < 0) {
      return bad_trace(fmt::format("expected a duration of 0 or more, found \"{}\"", cell),
                       fmt::format("{}:{}", place, begin + 1));
    }
    values.push_back(value);
    begin = end + 1;
  }
  return count;
}

Status check_columns(const Trace::Table& table, const std::string& file) {
  for (std::size_t column = 0; column < table.columns; ++column) {
    bool moves = false;
    for (std::size_t i = column; i < table.values.size(); i += table.columns) {
      moves = moves || table.values[i] > 0;
    }
    if (!moves) {
      return bad_trace(
          fmt::format("column {} holds zeros alone: its worker would never take time", column + 1),
          file);
    }
  }
  return {};
}

}  // namespace

Result<Trace::Table> Trace::read(const std::string& file) {
  std::error_code ignored;
  // A pipe would block, and a folder opens without giving anything.
  const bool regular = std::filesystem::is_regular_file(file, ignored);
  std::ifstream stream;
  if (regular) stream.open(file, std::ios::binary);
  if (!stream.is_open()) {
    return fail({.code = "delay/unreadable-trace",
                 .what = fmt::format("cannot open the trace \"{}\" as a regular file", file),
                 .where = "workers.delay.file",
                 .fix = "check the path; it is relative to where the program runs"});
  }
  Table table;
  std::string line;
  for (std::size_t number = 1; std::getline(stream, line); ++number) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#') continue;
    const std::string place = fmt::format("{}:{}", file, number);
    const Result<std::size_t> columns = read_row(line, place, table.values);
    if (!columns) return fail(columns.error());
    if (table.columns == 0) table.columns = *columns;
    if (table.columns != *columns) {
      return bad_trace(
          fmt::format("found {} columns, the lines before have {}", *columns, table.columns),
          place);
    }
  }
  if (stream.bad()) return bad_trace("reading failed half-way", file);
  if (table.values.empty()) return bad_trace("the trace holds no durations", file);
  if (Status status = check_columns(table, file); !status) return fail(std::move(status.error()));
  return table;
}

Result<Trace::Replay> Trace::prepare(const ModelSetup& setup) const {
  Result<Table> table = read(file);
  if (!table) return fail(std::move(table.error()));
  const std::size_t sharing = (setup.workers + table->columns - 1) / table->columns;
  return Replay{std::move(*table), unit, sharing};
}

}  // namespace tailrace::delay
